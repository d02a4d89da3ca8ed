"""Which kind of result a resource is, and whether a clinician has written about it: what the person chooses by.

Sources: HL7 v2 table 0074 (DiagnosticReport.category), US Core's categories (LOINC parts), LOINC codes of report types,
and the words of the test where an organization sends no such code.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.domain.result_timing import ResultKind
from portal.normalise.coding import codings, words_of
from portal.normalise.context import target_of
from portal.normalise.elements import items, line, obj, word, words

_IMAGING = (
    words("RAD RX RUS CT NMR NMS OUS VUS XRC IMG CUS imaging LP29684-5 18748-4 68604-8 24606-6 24627-2 30746-2"),
    (
        r"x-?ray|xr|mri|ct (?:scan|head|chest|abdomen)\w*|ultrasound|sonogra\w*|mammogra\w*|radiolog\w*|imaging"
        r"|tomogra\w*|pet scan|dexa|echocardiogra\w*"
    ),
)
_PATHOLOGY = (
    words("SP CP PAT pathology LP7839-6 11526-1 22637-3 22634-0 22636-5 60568-3 47528-5 33718-8"),
    r"patholog\w*|biops\w*|cytolog\w*|histolog\w*|pap (?:smear|test)",
)
_GENETICS = (
    words("GE CG 51969-4 81247-9 69548-6 48018-6 51968-6 53037-8 55233-1 81306-3"),
    r"genetic\w*|genom\w*|karyotyp\w*|chromosom\w*|brca[12]?|pharmacogen\w*|exome|mutations?",
)
_SPECIFIC = tuple(
    (kind, codes, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))
    for kind, (codes, pattern) in (
        (ResultKind.IMAGING, _IMAGING),
        (ResultKind.PATHOLOGY, _PATHOLOGY),
        (ResultKind.GENETICS, _GENETICS),
    )
)
"""Kinds that count before "laboratory": codes of categories and report types, and words of their names."""
_LABORATORY = words("LAB HM CH MB MCB BLB IMM MYC PAR SR TX VR URN BG laboratory LP29693-6")
_REPORTS = frozenset({"DiagnosticReport", "Observation"})
_CLINICIANS = frozenset({"Practitioner", "PractitionerRole", "CareTeam"})


def kinds_of(resource: Mapping[str, Any]) -> frozenset[ResultKind]:
    """Return what a resource is a result of; nothing for one that is no result.

    A special kind counts before "laboratory", under which laboratories send all they do. Of documents only those that
    say so are results.
    """
    concepts = [*items(resource.get("category")), *items(resource.get("code")), *items(resource.get("type"))]
    codes = {word(coding.get("code")) for concept in concepts for coding in codings(concept)}
    text = " ".join(line(words_of(concept)) for concept in concepts)
    specific = frozenset(kind for kind, own, named in _SPECIFIC if codes & own or named.search(text))
    if specific or resource.get("resourceType") not in _REPORTS:
        return specific
    return frozenset({ResultKind.LABORATORY if codes & _LABORATORY else ResultKind.OTHER})


def parts_of(resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield references of what is seen together with a result: the values of a report or panel, as "Type/id"."""
    for name in ("result", "hasMember"):
        for reference in items(resource.get(name)):
            yield _local(target_of(reference))


def is_commented(resource: Mapping[str, Any]) -> bool:
    """Tell whether a clinician's words about a result came with it.

    A note counts that names a clinician as its author; what laboratories print below their values names none. The
    conclusion of a report of values counts. That of an image, a tissue or a gene does not: it is the result.
    """
    notes = items(resource.get("note"))
    if any(line(note.get("text")) and _is_clinician(note.get("authorReference")) for note in notes):
        return True
    values = {ResultKind.LABORATORY, ResultKind.OTHER}
    return bool(line(resource.get("conclusion"))) and kinds_of(resource) <= values


def is_of_clinician(message: Mapping[str, Any]) -> bool:
    """Tell whether a Communication was written by somebody who treats the person."""
    return _is_clinician(message.get("sender"))


def subjects_of(message: Mapping[str, Any]) -> frozenset[str]:
    """Return what a Communication is about, as "Type/id"."""
    return frozenset(_local(target_of(reference)) for reference in items(message.get("about")))


def _is_clinician(reference: object) -> bool:
    kind = _local(target_of(reference)).partition("/")[0] or word(obj(reference).get("type"))
    return kind in _CLINICIANS


def _local(target: str) -> str:
    """Return the last two parts of an address: "https://fhir.example/Observation/1" is "Observation/1"."""
    return "/".join(target.split("/")[-2:])
