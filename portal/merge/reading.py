"""From an Entry to its facts and keys, section by section."""

from collections.abc import Callable, Mapping

from portal.domain.entry import (
    Allergy,
    CareTeam,
    Document,
    Entry,
    HealthIssue,
    Immunization,
    Implant,
    Insurance,
    Medication,
    Message,
    Procedure,
    Report,
    Result,
    Status,
    Visit,
)
from portal.domain.plans import Dispense
from portal.merge import read_insurance, read_messages, versions
from portal.merge.allergies import read_allergies
from portal.merge.facts import Notebook, Reading
from portal.merge.issues import read_issues
from portal.merge.medications import read_medications
from portal.merge.relation import WITHDRAWN
from portal.merge.results import read_results
from portal.merge.things import read_things
from portal.merge.words.moments import local_day, moment
from portal.merge.words.text import plain, word_set

_VERSION_WORDS = word_set("""
addendum addended amended amendment appended corrected correction final preliminary prelim revised supplemental updated
version report result
""")

READERS: Mapping[type, tuple[str, Callable[[Entry, Notebook], None]]] = {
    Allergy: ("allergy", read_allergies.allergy),
    CareTeam: ("care team", read_things.care_team),
    Dispense: ("medication", read_medications.dispense),
    Document: ("document", read_things.document),
    HealthIssue: ("health issue", read_issues.health_issue),
    Immunization: ("immunization", read_issues.immunization),
    Implant: ("implant", read_things.implant),
    Insurance: ("insurance", read_insurance.insurance),
    Medication: ("medication", read_medications.medication),
    Message: ("message", read_messages.message),
    Procedure: ("procedure", read_issues.procedure),
    Report: ("report", read_things.report),
    Result: ("result", read_results.result),
    Visit: ("visit", read_things.visit),
}


def read(entry: Entry, *, source: str, with_code_names: bool = True) -> Reading | None:
    """Return what merge knows of an entry; None for what is never merged (plans, answers to questionnaires).

    ``source``: whose ids the entry's references and identifiers are. Another organization's "MedicationRequest/1" is
    another thing. ``with_code_names`` may load the names of ICD-10-CM's codes: what is read for a page and not to be
    stored does without.
    """
    reader = READERS.get(type(entry.detail))
    if reader is None:
        return None
    kind, fill = reader
    notebook = Notebook(kind, with_code_names=with_code_names)
    fill(entry, notebook)
    _link(entry, notebook, source)
    if entry.digest:
        notebook.meet("digest", entry.digest)
    state = WITHDRAWN if entry.status is Status.ENTERED_IN_ERROR else ""
    return notebook.reading(digest=entry.digest, state=state)


def side_of(entry: Entry) -> str:
    """Return "right", "left" or "both" of what an entry is about, from words, codes and notes; empty for none."""
    reading = read(entry, source="", with_code_names=False)
    says = reading.facts.says if reading else {}
    return next(iter(says.get("side") or says.get("noted side") or ()), "")


def ruled_out(entry: Entry) -> bool:
    """Tell whether a source denies what an entry is titled: by its code, or in words beside it."""
    refuted = getattr(entry.detail, "verification", "") == "refuted"
    if refuted or not entry.notes:
        return refuted
    reading = read(entry, source="", with_code_names=False)
    return reading is not None and "refuted" in reading.facts.says.get("assertion", ())


def _link(entry: Entry, notebook: Notebook, source: str) -> None:
    """Note what ties versions together: what one replaces, and a business identifier of one thing of one day."""
    for reference in entry.replaces:
        notebook.link("reference", versions.reference_of(reference))
    notebook.replaces.extend(notebook.links)
    if entry.reference and type(entry.detail) in _WITH_VERSIONS:
        notebook.link("reference", entry.reference)
    if entry.identifiers:
        _link_numbers(entry, notebook)
    for link in notebook.links:
        notebook.meet("link", source, link)


_WITH_VERSIONS = frozenset({Medication, Document})


def _link_numbers(entry: Entry, notebook: Notebook) -> None:
    """Note each business identifier together with what it numbers: one thing of one day."""
    anchor = "" if isinstance(entry.detail, Document) else f"{plain(entry.title)}|{local_day(entry.start)}"
    if isinstance(entry.detail, Medication):
        anchor = "|".join(notebook.identity)
    if isinstance(entry.detail, Insurance | Implant):
        anchor = plain(entry.title)
    if isinstance(entry.detail, Report):
        words = (word for word in plain(entry.title).split() if word not in _VERSION_WORDS)
        anchor = f"{' '.join(sorted(words))}|{local_day(entry.start)}"
    if isinstance(entry.detail, Result):
        at = moment(entry.start)
        anchor = f"{plain(entry.title)}|{(at[1] or at[0]) if at else ''}"
    for number in versions.business_numbers(entry):
        notebook.link("identifier", number, anchor or "-")
