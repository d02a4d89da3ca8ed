"""Facts of what is told by numbers, places and people: reports, documents, implants, visits, care teams."""

import re
from collections.abc import Iterator

from portal.domain.detail import Attachment
from portal.domain.entry import CareTeam, Document, Entry, Implant, Report, Visit
from portal.merge.facts import Bond, Notebook
from portal.merge.notes.noted import labelled
from portal.merge.notes.noted_sides import noted_sides
from portal.merge.results.measures import worded
from portal.merge.results.read_results import read_test
from portal.merge.words.codes import identifier_parts, shared_codes
from portal.merge.words.concept_names import SIDES
from portal.merge.words.concepts import read_concept
from portal.merge.words.moments import has_time, local_day, moment
from portal.merge.words.people import generation, middle_initials, people, person, profession
from portal.merge.words.roles import role
from portal.merge.words.text import plain, word_set

_ORDERS = frozenset({"PLAC", "MR", "PI", "PT", "SS", "AN", "PGN", "VN", "SN", "MB"})
DAYS_BETWEEN_COPIES = 31


def report(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Report):
        return
    _numbered(entry, notebook)
    _contents(detail.attachments, notebook)
    codes = [code for system, code in shared_codes(entry.codes) if system == "loinc"]
    content = plain("; ".join((detail.conclusion, *detail.conclusions))) or ";".join(
        _finding_key(finding) for finding in detail.findings
    )
    at = moment(entry.start)
    author = ",".join(sorted(people(_authors(detail.performer)))) or "-"
    when = at[1] or at[0] if at else ""
    # The side is said by itself: both knees of one day name each other.
    name_of_study = " ".join(sorted(word for word in plain(entry.title).split() if word not in SIDES))
    for name in (*codes, name_of_study):
        notebook.is_("content", name, when, author, content)
        notebook.meet("title", name, when)
    if has_time(entry.start):
        for number in _accession_numbers(entry):
            for name in (*codes, name_of_study):
                notebook.is_("accession", number, when, name)
                notebook.meet("accession", number, when, name)
    notebook.say("codes", *(f"loinc|{code}" for code in codes))
    notebook.say("side", read_concept(entry.title).side)
    notebook.say("accession", *_accessions(entry))
    notebook.say_in_order("near", *_near(entry))


def _authors(performer: str) -> Iterator[str]:
    """Yield the names of a list; a comma behind a single word parts a family name: "Kim, Grace MD, Lee, Ann, MD"."""
    family = ""
    for part in performer.split(", "):
        if family or not person(part) or " " in part:
            yield f"{family}, {part}" if family else part
            family = ""
        else:
            family = part
    yield family


def _accessions(entry: Entry) -> Iterator[str]:
    """Yield the accession numbers as "system|number": one laboratory gives each study its own."""
    for identifier in entry.identifiers:
        kind, system, value = identifier_parts(identifier)
        if kind == "ACSN" and system:
            yield f"{system.casefold()}|{value.strip().casefold()}"


_TELLING_DIGITS = 6
"""An accession number of fewer may be another laboratory's, too."""


def _accession_numbers(entry: Entry) -> Iterator[str]:
    """Yield the accession numbers that tell a study of one minute and name, whoever writes them under which system."""
    for identifier in entry.identifiers:
        kind, _system, value = identifier_parts(identifier)
        if kind == "ACSN" and sum(map(str.isdigit, value)) >= _TELLING_DIGITS:
            yield value.strip().casefold()


def _finding_key(finding: str) -> str:
    """Return what was found in one way of writing, whatever its unit: "13.4 g/dL" is "134 g/L"."""
    label, equals, value = finding.partition("=")
    if not equals:
        return plain(finding)
    name = label.rpartition("|")[2]
    sign, number, *rest = worded(value, read_test(name).core).split(" ")
    return plain(" ".join((label.partition("|")[0], sign, number, *(rest[1:] if sign in _SIGNS else rest))))


_SIGNS = frozenset({"=", "<", "<=", ">", ">="})


def read_finding(finding: str) -> tuple[str, str]:
    """Return what was measured (its LOINC code, else its name) and the value of one of ``Report.findings``."""
    label, equals, value = finding.partition("=")
    return label.partition("|")[0] if equals else label, value


def document(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Document):
        return
    _numbered(entry, notebook)
    _contents(detail.attachments, notebook)
    notebook.say("side", read_concept(entry.title).side)
    notebook.say_in_order("near", *_near(entry))


def _near(entry: Entry) -> tuple[str, ...]:
    day = local_day(entry.start or entry.recorded)
    return (day, day, str(DAYS_BETWEEN_COPIES)) if day else ()


def _numbered(entry: Entry, notebook: Notebook) -> None:
    """Identify by every number together with the system that gave it; a number of OIDs or a UUID stands alone."""
    for identifier in entry.identifiers:
        kind, system, value = identifier_parts(identifier)
        if kind in _ORDERS or value in ("0", ""):
            continue
        number = _UNPREFIXED.sub("", value.strip().casefold()).replace("^", ".")
        root = _UNPREFIXED.sub("", system.casefold())
        if _GLOBAL.fullmatch(number):
            name = number
        elif _OID.fullmatch(root):
            name = f"{root}.{number}"
        else:
            name = f"{'' if root in _NO_SYSTEM else root}|{number}"
        notebook.is_("number", kind, name) if kind else notebook.is_("number", name)
        notebook.meet("number", name)


_UNPREFIXED = re.compile(r"^urn:(?:oid|uuid):")
_OID = re.compile(r"[012](?:\.\d+)+")
_GLOBAL = re.compile(rf"{_OID.pattern}|[0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}")
_NO_SYSTEM = frozenset(["", "urn:ietf:rfc:3986", "-"])


def _contents(attachments: tuple[Attachment, ...], notebook: Notebook) -> None:
    digests = sorted(attachment.digest for attachment in attachments if attachment.digest)
    if digests:
        notebook.is_("content", *digests)
        notebook.meet("content", digests[0])


_GS1 = re.compile(r"\((\d{2})\)([^(]+)")


def implant(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Implant):
        return
    carrier = dict(_GS1.findall(detail.udi))
    device = _number(detail.device_identifier or carrier.get("01", "")).lstrip("0")
    serial = _number(detail.serial or carrier.get("21", ""))
    lot = _number(detail.lot or carrier.get("10", "") or labelled(entry.notes, "lot"))
    concept = read_concept(" ; ".join((entry.title, *detail.names)))
    noted = noted_sides(entry.notes, concept.words)
    site = read_concept(detail.body_site)
    side = " ".join(sorted({concept.side, site.side} - {""})) or (noted.pop() if len(noted) == 1 else "")
    notebook.is_("serial", device, serial)
    notebook.say("serial", serial)
    notebook.say("lot", lot)
    notebook.say("device", device)
    notebook.say("side", side)
    if device and lot and detail.manufactured and side:
        notebook.is_("lot", device, lot, detail.manufactured, side)
    notebook.meet("device", device)
    notebook.meet("words", " ".join(read_concept(entry.title).words))


def _number(text: str) -> str:
    return re.sub(r"[\s-]", "", text.casefold())


def visit(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Visit):
        return
    kind = "appointment" if detail.appointment else "encounter"
    day = local_day(entry.start)
    notebook.is_(kind, day)
    notebook.meet(kind, day)
    at = moment(entry.start)
    if has_time(entry.start) and at and at[1]:  # another zone's day may be the next
        notebook.is_(kind, at[1])
        notebook.meet(kind, at[1])
    # A midnight without a time cannot be placed: it is said as a month, which covers its days.
    notebook.say_in_order("moment", *(at if has_time(entry.start) else (day[:7], "", "") if day else ()))
    # An encounter's kind are the words of its class, an appointment's those of what it is for.
    coded = _classes(detail.visit_class, "" if detail.appointment else detail.kind)
    named = _classes(entry.title, detail.kind if detail.appointment else "")
    # Ambulatory may be anything that is no stay, so that words say more; from any other code words take nothing away.
    kinds = coded if coded - {"office"} and not _contradict(coded, named) else coded | named
    notebook.say("unclear class" if _contradict(coded, named) else "class", *sorted(kinds))
    place = _place(detail.place)
    organization = place if detail.organization == detail.place else _place(detail.organization)
    notebook.say("place", place)
    if organization != place:
        notebook.say("organization", organization)
    notebook.say("people", *people(detail.people))
    if detail.appointment and not detail.people:
        notebook.say("service", *(_service(detail.kind) if detail.kind else _service(entry.title)))


_CLASSES = {
    word: kind
    for kind, words in {
        "office": "amb; ambulatory; outpatient; o; office; clinic; office visit; clinic visit; outpatient visit"
        "; consulta; consulta externa; visita al consultorio",
        "emergency": "emer; emergency; e; ed; er; emergency department; emergency room; emergency visit; ed visit"
        "; emergency department visit; emergency room visit; er visit; urgencias; visita a urgencias",
        "hospital": "imp; acute; nonac; inpatient; i; hospital stay; hospital admission; admission; hospitalization"
        "; inpatient stay; hospitalizacion",
        "observation": "obsenc; observation",
        "virtual": "vr; virtual; telehealth; telemedicine; video visit; virtual visit; telehealth visit"
        "; telemedicine visit"
        "; phone visit; telephone visit; telephone; video; e visit; videovisita; televisita",
        "home": "hh; home; home visit; home health; visita a domicilio",
        "field": "fld; field",
        "pre-admission": "prenc; preadmission",
        "short stay": "ss; short stay",
    }.items()
    for word in words.split("; ")
}
"""Kinds of visits by the codes and words of HL7 v3 ActCode, v2 table 0004 and charts."""


_ANY_SERVICE = word_set("""
appointment office visit follow followup up new return returning established patient routine check checkup walk in
consult consultation clinic outpatient virtual video telehealth annual primary care medical general cita consulta de
seguimiento
""")
"""Words of appointments that do not say what for: another system may call the same one so."""


def _service(title: str) -> set[str]:
    """Return the words that say what an appointment is for; one in common is enough, a word for all is none."""
    words = set(plain(title).split())
    return set() if words & _ANY_SERVICE else words - {"exam", "examination", "examen"}


_ACUTE = frozenset({"emergency", "hospital", "observation"})
_PLANNED = frozenset({"office", "virtual", "home"})
"""What is one of these is none of those: where the code says one and the words the other, nobody can tell which."""


def _classes(*texts: str) -> set[str]:
    """Return the kinds that codes or words of a visit say; a chart's own code says nothing elsewhere."""
    return {_CLASSES[name] for name in map(plain, texts) if name in _CLASSES}


def _contradict(coded: set[str], named: set[str]) -> bool:
    return any(coded & these and named & those for these, those in ((_ACUTE, _PLANNED), (_PLANNED, _ACUTE)))


def care_team(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, CareTeam):
        return
    numbers = sorted(member.identifier for member in detail.members)
    if numbers and all(numbers):
        notebook.is_("numbers", *numbers)
        notebook.say("numbers", *numbers)
    names = [(person(member.name), _place(member.organization or detail.organization)) for member in detail.members]
    if names and all(" " in name and place for name, place in names):
        notebook.is_("names", *sorted(f"{_called(name)} at {place}" for name, place in names))
    for member in detail.members:
        notebook.meet("number", member.identifier)
        name = person(member.name)
        if name:
            family = name.split(" ")[0]
            notebook.meet("family", family, *(name.split(" ")[1][:1] if " " in name else ()), bond=Bond.SEEK)
            if len(name.split(" ")) < 2 or len(name.split(" ")[1]) == 1:
                notebook.meet("family", family)
            else:
                notebook.meet("family", family, bond=Bond.MEET)
        notebook.say("middle", middle_initials(member.name))
        notebook.say("generation", generation(member.name))
        notebook.say("roles", role(member.role))
        if profession(member.name):
            notebook.say("profession", f"{_called(name)}|{profession(member.name)}")
    if plain(entry.title) not in ("care team", ""):
        notebook.say("team", plain(entry.title))


def _called(name: str) -> str:
    """Return the family and given name of a ``person``, without the profession, which not every system writes."""
    return " ".join(name.split(" ")[:2])


_LEGAL = word_set("inc llc llp lp pllc pc pa ltd co corp corporation company the")
_PLACE_WORDS = {"saint": "st", "ctr": "center", "centre": "center", "hosp": "hospital", "assoc": "associates"}


def _place(name: str) -> str:
    """Return an organization's name without its legal form."""
    words = [_PLACE_WORDS.get(word, word) for word in plain(name).split() if word not in _LEGAL]
    return " ".join(words).replace("med center", "medical center")
