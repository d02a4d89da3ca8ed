"""Both callers over one table of labelled pairs, and over invented ones: they never contradict each other."""

from datetime import date

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.people import Address, HumanName, Identifier, Person
from portal.identity.comparison import Verdict, compare
from portal.identity.lookup import family_keys, given_keys, tokens
from portal.identity.matching import certain, score
from portal.identity.names import names_of
from tests.unit.identity.pairs_report import LABELLED, Judged, read, report

TODAY = date(2026, 11, 28)
SSN = "http://hl7.org/fhir/sid/us-ssn"


def test_labelled_pairs() -> None:
    pairs = read([LABELLED])
    faults = [f"{entry.pair['id']}: {entry.fault}" for entry in pairs if entry.fault]
    assert len(pairs) > 300
    assert not faults


def test_the_report_tells_each_kind_of_fault() -> None:
    def judged(linking: str, match: str, labels: list[str], label: str) -> Judged:
        return Judged({"id": "1", "kind": "k", "why": "", "linking": labels, "match": label, "harm": 3}, linking, match)

    faults = {
        "contradiction": judged("different", "certain", ["different"], "certain"),
        "wrong certain": judged("near", "certain", ["near"], "never"),
        "wrong same": judged("same", "none", ["near"], "never"),
        "wrong different": judged("different", "none", ["near"], "may"),
        "other verdict": judged("near", "none", ["same"], "may"),
        "match missed": judged("same", "none", ["same"], "certain"),
        "": judged("same", "certain", ["same"], "may"),
    }
    assert {name: entry.fault for name, entry in faults.items()} == {name: name for name in faults}
    words = report(list(faults.values()), misses=True)
    assert "wrong same 1, wrong different 1" in words
    assert "wrong certain 1, missed 1" in words
    assert "harm of all faults: 18" in words


_WORDS = [
    "Ana",
    "Anna",
    "Luz",
    "L.",
    "A",
    "Jr.",
    "Sr",
    "Rivera",
    "Gomez",
    "de la Cruz",
    "Delacruz",
    "王",
    "Wang",
    "FNU",
    "",
]
_NAMES = st.builds(
    HumanName,
    family=st.sampled_from(["Rivera", "Rivera-Gomez", "Gomez", "St. John", "Saint John", *_WORDS]),
    given=st.lists(st.sampled_from(_WORDS), max_size=2).map(tuple),
    suffix=st.sampled_from([(), ("Jr.",), ("Sr",), ("II",), ("PhD",)]),
    use=st.sampled_from(["official", "usual", "old", "nickname", "temp", ""]),
    text=st.sampled_from(["", "Ana Rivera", "Rivera, Ana", "Ana Luz Rivera"]),
    end=st.sampled_from(["", "2020-01-01"]),
)
_PEOPLE = st.builds(
    Person,
    names=st.lists(_NAMES, max_size=2).map(tuple),
    birth_date=st.sampled_from(["1980-03-04", "1980-04-03", "1980-03-05", "1980", "1900-01-01", ""]),
    sex=st.sampled_from(["female", "male", "", "unknown"]),
    addresses=st.sampled_from([(), (Address(line=("1 Test Street",), postal_code="08102"),)]),
    phones=st.sampled_from([(), ("856-555-0101",), ("999-999-9999",)]),
    identifiers=st.lists(
        st.sampled_from(
            [
                Identifier(SSN, "212-45-6789", "SS"),
                Identifier(SSN, "212456789", "SS"),
                Identifier(SSN, "***-**-6789", "SS"),
                Identifier(SSN, "301-11-2222", "SS"),
                Identifier("urn:plan", "XJH812345", "MB"),
            ]
        ),
        max_size=2,
    ).map(tuple),
    deceased=st.booleans(),
    deceased_on=st.sampled_from(["", "2020-01-01", "2021-02-02"]),
    birth_order=st.integers(0, 2),
)


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[Person, Person]:
    """Two who have some of their demographics in common: two strangers hardly ever agree in anything."""
    here, other = draw(_PEOPLE), draw(_PEOPLE)
    different = draw(st.sets(st.sampled_from(Person.__struct_fields__), max_size=3))
    return here, msgspec.structs.replace(here, **{name: getattr(other, name) for name in different})


@settings(max_examples=400, deadline=None)
@given(_pairs())
def test_what_is_certain_to_one_caller_is_never_different_to_the_other(pair: tuple[Person, Person]) -> None:
    here, there = pair
    finding = compare(here, there, today=TODAY)
    assert finding.verdict is compare(there, here, today=TODAY).verdict
    assert (finding.verdict is Verdict.SAME) is (finding.differences == ())
    if certain(there, [("here", here)], today=TODAY) is None:
        return
    assert finding.verdict in (Verdict.SAME, Verdict.NEAR)


@settings(max_examples=400, deadline=None)
@given(_pairs())
def test_who_agrees_is_found_by_their_tokens(pair: tuple[Person, Person]) -> None:
    here, there = pair
    if not score(there, here, today=TODAY):
        return
    names = names_of(there, today=TODAY)
    stored = tokens(here)
    assert any(("family", key) in stored for key in family_keys(names))
    assert any(("given", key) in stored for key in given_keys(names))
    assert ("birth-date", there.birth_date) in stored


def test_tokens() -> None:
    person = Person(
        names=(
            HumanName("O'Neil Jr.", ("Mary Ann", "Lee")),
            HumanName("王", ("伟",), use="usual"),
            HumanName("Novak", (), use="maiden"),
        ),
        birth_date="1980-03-04",
        addresses=(Address(line=("1 Test St.", "Apt 2"), postal_code="08102-1234"), Address(city="Camden")),
        phones=("+1 856 555 0101 x3", ""),
        emails=(" Ana@Mail.example", ""),
        identifiers=(Identifier("urn:mrn", "4711", "MR"), Identifier("urn:mrn", "", "MR")),
    )
    assert tokens(person) == {
        ("family", "oneil"),
        ("family", "王"),
        ("family", "novak"),
        ("given", "mary"),
        ("given", "ann"),
        ("given", "lee"),
        ("given", "maryannlee"),
        ("given", "伟"),
        ("birth-date", "1980-03-04"),
        ("phone", "8565550101"),
        ("email", "ana@mail.example"),
        ("postal-code", "08102"),
        ("address", "1 test st apt 2 08102"),
        ("identifier", "urn:mrn|4711"),
    }
    assert tokens(Person()) == frozenset()
    names = names_of(person, today=TODAY)
    assert family_keys(names) == {"oneil", "王"}
    assert given_keys(names) == {"mary", "maryannlee", "伟"}
    assert family_keys(names_of(Person(names=(HumanName("", ("Ana",)),)), today=TODAY)) == frozenset()
    assert given_keys(names_of(Person(names=(HumanName("Ana", ()),)), today=TODAY)) == frozenset()
