"""What is read of care teams, visits, documents and implants: their facts, and under which keys they meet."""

import pytest

from portal.domain.detail import Attachment
from portal.domain.entry import CareTeam, Code, Document, Entry, Implant, Member, Report, Visit
from portal.domain.sections import Section
from portal.merge import Bond, Reading, read


def _read(detail: CareTeam | Visit | Document | Implant, title: str = "Care team", **more: object) -> Reading:
    section = {
        CareTeam: Section.CARE_TEAM,
        Visit: Section.VISITS,
        Document: Section.DOCUMENTS,
        Implant: Section.IMPLANTS,
    }[type(detail)]
    reading = read(Entry(section=section, title=title, detail=detail, **more), source="here")  # type: ignore[arg-type]
    assert reading is not None
    return reading


def _team(*members: Member, title: str = "Care team", organization: str = "") -> Reading:
    return _read(CareTeam(members=members, organization=organization), title)


def test_a_team_is_its_numbers_and_its_names_at_their_places() -> None:
    reading = _team(
        Member("Kim, Joy A., MD", role="Cardiology", organization="St. Mary Hosp, Inc.", identifier="123"),
        Member("Bob Lee Jr., PA-C", role="PA", organization="Riverbend Med Ctr", identifier="045"),
    )
    facts = reading.facts
    assert facts.identity == (
        "names|kim joy at st mary hospital|lee bob at riverbend medical center",
        "numbers|045|123",
    )
    assert facts.says == {
        "numbers": ("045", "123"),
        "middle": ("kim joy:a",),
        "generation": ("lee bob:jr",),
        "profession": ("kim joy|physician", "lee bob|pa"),
        "roles": ("cardiologist", "physician assistant"),
    }


def test_a_team_without_every_number_or_place_is_no_such_identity() -> None:
    facts = _team(Member("Joy Kim", identifier="123"), Member("Bob Lee"), title="Heart team").facts
    assert facts.identity == ()
    assert facts.says == {"team": ("heart team",)}
    assert _team(Member("Joy Kim"), organization="Riverbend").facts.identity == ("names|kim joy at riverbend",)
    assert _team(Member("Kim"), organization="Riverbend").facts.identity == ()


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Joy Kim", {(Bond.SEEK, "care team|family|kim|j"), (Bond.MEET, "care team|family|kim")}),
        ("J Kim", {(Bond.SEEK, "care team|family|kim|j"), (Bond.SEEK, "care team|family|kim")}),
        ("Kim", {(Bond.SEEK, "care team|family|kim")}),
    ],
)
def test_whom_a_member_meets(name: str, keys: set[tuple[Bond, str]]) -> None:
    assert set(_team(Member(name)).keys) == keys


def test_a_visit_is_placed_to_the_minute_or_within_its_month() -> None:
    detail = Visit(
        visit_class="AMB", place="Riverbend Clinic", organization="Riverbend Health", people=("Dr. Joy Kim",)
    )
    timed = _read(detail, start="2026-02-03T09:30:00-05:00").facts
    assert timed.identity == ("encounter|2026-02-03", "encounter|2026-02-03T14:30Z")
    assert timed.says == {
        "moment": ("2026-02-03", "2026-02-03T14:30Z", "2026-02-03T09:30"),
        "class": ("office",),
        "place": ("riverbend clinic",),
        "organization": ("riverbend health",),
        "people": ("kim joy",),
    }
    assert _read(detail, start="2026-02-03T00:00:00Z").facts.says["moment"] == ("2026-02", "", "")
    assert "moment" not in _read(detail).facts.says


def test_an_appointment_says_what_it_is_for_where_nobody_is_named() -> None:
    alone = _read(Visit(appointment=True, kind="Eye exam", place="Clinic", organization="Clinic"), start="2026-02-03")
    assert alone.facts.identity == ("appointment|2026-02-03",)
    assert (alone.facts.says["service"], "organization" in alone.facts.says) == (("eye",), False)
    assert "service" not in _read(Visit(appointment=True, kind="Eye exam", people=("Joy Kim",))).facts.says
    assert "service" not in _read(Visit(kind="Eye exam")).facts.says


@pytest.mark.parametrize(
    ("identifier", "identity"),
    [
        ("|urn:oid:1.2.3|A^7", ("number|1.2.3.a.7",)),
        ("|urn:ietf:rfc:3986|urn:oid:1.2.3", ("number|1.2.3",)),
        ("|http://mill|7", ("number|http://mill|7",)),
        ("FILL||7", ("number|FILL||7",)),
        ("PLAC|http://mill|7", ()),
        ("|http://mill|0", ()),
        ("|x|urn:uuid:0A0A0A0A-0000-0000-0000-000000000001", ("number|0a0a0a0a-0000-0000-0000-000000000001",)),
    ],
)
def test_numbers_of_a_document(identifier: str, identity: tuple[str, ...]) -> None:
    assert _read(Document(), "Letter", identifiers=(identifier,)).facts.identity == identity


def test_a_document_is_what_is_in_it() -> None:
    files = (Attachment(digest="b"), Attachment(digest="a"), Attachment(url="Binary/1"))
    reading = _read(Document(attachments=files), "Left knee MRI", start="2026-02-03")
    assert reading.facts.identity == ("content|a|b",)
    assert (Bond.SEEK, "document|content|a") in reading.keys
    assert reading.facts.says == {"side": ("left",), "near": ("2026-02-03", "2026-02-03", "31")}
    assert _read(Document(), "Letter", recorded="2026-02-04").facts.says["near"][0] == "2026-02-04"


def test_an_implant_by_its_carrier() -> None:
    facts = _read(Implant(udi="(01)00888912345678(21)SN-7(10)L 9(17)300101"), "Hip prosthesis, left").facts
    assert facts.identity == ("serial|888912345678|sn7",)
    assert facts.says == {"serial": ("sn7",), "lot": ("l9",), "device": ("888912345678",), "side": ("left",)}
    by_lot = Implant(device_identifier="0088", lot="L9", manufactured="2020-01-01")
    assert _read(by_lot, "Right hip").facts.identity == ("lot|88|l9|2020-01-01|right",)
    assert _read(by_lot, "Hip").facts.identity == ()


def test_a_report_says_its_codes_and_its_numbers() -> None:
    codes = (Code("http://loinc.org", "11502-2"), Code("urn:oid:1.2", "LAB"))
    numbers = ("ACSN|urn:oid:1.2.3|A-1", "ACSN||A-2", "FILL|urn:oid:1.2.3|F-1")
    report = Report(conclusion="Normal.", performer="City Lab")
    entry = Entry(
        section=Section.TEST_RESULTS,
        title="Left knee",
        start="2026-02-03",
        codes=codes,
        identifiers=numbers,
        detail=report,
    )
    reading = read(entry, source="here")
    assert reading is not None
    assert reading.facts.says == {
        "codes": ("loinc|11502-2",),
        "side": ("left",),
        "accession": ("urn:oid:1.2.3|a-1",),
        "near": ("2026-02-03", "2026-02-03", "31"),
    }
    assert "content|11502-2|2026-02-03|lab city|normal" in reading.facts.identity
