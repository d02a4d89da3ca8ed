"""The parts of a name: suffixes, titles, fillers, and names in one piece."""

from datetime import date

import pytest

from portal.domain.people import HumanName, Person
from portal.identity import suffixes
from portal.identity.names import NameParts, Names, names_of, parts_of

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("parts", "generation"),
    [
        (("Jr.",), "jr"),
        (("Junior",), "jr"),
        (("JR", "MD"), "jr"),
        (("MD", "Jr"), "jr"),
        (("Sr",), "sr"),
        (("Senior",), "sr"),
        (("II",), "ii"),
        (("2nd",), "ii"),
        (("the Second",), "ii"),
        (("Ⅲ",), "iii"),
        (("3rd",), "iii"),
        (("IV",), "iv"),
        (("4th",), "iv"),
        (("V",), "v"),
        (("VI",), "vi"),
        (("I",), "i"),
        (("PhD",), ""),
        (("Esq.", "R.N."), ""),
        ((), ""),
    ],
)
def test_generation(parts: tuple[str, ...], generation: str) -> None:
    assert suffixes.generation(parts) == generation


@pytest.mark.parametrize(
    ("left", "right", "contradict"),
    [
        ("jr", "sr", True),
        ("ii", "iii", True),
        ("jr", "iii", True),
        ("jr", "jr", False),
        ("jr", "ii", False),  # families use both for a son
        ("sr", "i", False),
        ("jr", "", False),
        ("", "sr", False),
        ("jr sr", "sr", False),
    ],
)
def test_generations_contradict(left: str, right: str, contradict: bool) -> None:
    sides = frozenset(left.split()), frozenset(right.split())
    assert suffixes.contradict(*sides) is suffixes.contradict(*reversed(sides)) is contradict


def test_is_suffix() -> None:
    assert all(map(suffixes.is_suffix, ("Jr.", "MD", "M.D.", "Ph.D.", "III, Esq.")))
    assert not any(map(suffixes.is_suffix, ("", " ", "John", "John Jr", "-")))


def parts(family: str = "", given: str = "", *suffix: str) -> NameParts:
    (only,) = parts_of(HumanName(family=family, given=tuple(given.split(",")) if given else (), suffix=suffix))
    return only


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (("Whitaker", "Robert,Lee", "Jr."), ("whitaker", "robert lee", "jr")),
        (("Whitaker Jr.", "Robert"), ("whitaker", "robert", "jr")),
        (("WHITAKER III", "Robert"), ("whitaker", "robert", "iii")),
        (("Whitaker MD", "Robert"), ("whitaker", "robert", "")),
        (("Whitaker Jr MD", "Robert"), ("whitaker", "robert", "jr")),
        (("Whitaker", "Robert,Lee Jr."), ("whitaker", "robert lee", "jr")),
        (("Whitaker", "Robert,III"), ("whitaker", "robert", "iii")),
        (("Whitaker", "Robert Jr", "Sr"), ("whitaker", "robert", "sr")),  # what stands in its place is meant
        (("Whitaker Sr", "Robert Jr"), ("whitaker", "robert", "sr")),
        (("Whitaker", "Junior"), ("whitaker", "junior", "")),
        (("Whitaker", "Robert,V"), ("whitaker", "robert v", "")),  # an initial
        (("Do", "Thi"), ("do", "thi", "")),
        (("St. John", "Mary"), ("st john", "mary", "")),
        (("Saint John", "Mary"), ("st john", "mary", "")),
        (("Larsen", "James,NMN"), ("larsen", "james", "")),
        (("LNU", "Rahim"), ("", "rahim", "")),
        (("Suharto", "FNU"), ("suharto", "", "")),
        (("Larsen", "N/A"), ("larsen", "", "")),
        (("Larsen", "No First Name"), ("larsen", "", "")),
        (("No Name", "James"), ("", "james", "")),
        (("Li", "Na"), ("li", "na", "")),
        (("Testa", "Marco"), ("testa", "marco", "")),
        (("ZZTEST", "Marco"), ("", "marco", "")),
        (("Test", "Marco"), ("", "marco", "")),
        (("Larsen", "Test"), ("larsen", "", "")),
        (("Smith", "Baby Boy"), ("smith", "", "")),
        (("Smith", "BABYGIRL"), ("smith", "", "")),
        (("Smith", "Baby,Girl,B"), ("smith", "", "")),
        (("Smith", "Baby Boy Smith"), ("smith", "", "")),
        (("Smith", "Marias Baby Girl"), ("smith", "", "")),
        (("Smith", "Boy,A"), ("smith", "", "")),
        (("Smith", "Newborn"), ("smith", "", "")),
        (("Smith", "Twin A"), ("smith", "", "")),
        (("Smith", "Infant of Maria"), ("smith", "", "")),
        (("Smith", "Boyd"), ("smith", "boyd", "")),
        (("Smith", "Baby,Jane"), ("smith", "baby jane", "")),
    ],
)
def test_parts(name: tuple[str, ...], expected: tuple[str, str, str]) -> None:
    found = parts(*name)
    assert (" ".join(found.family), " ".join(found.given_names), found.generation) == expected
    assert found.is_sure


@pytest.mark.parametrize(
    "name", [("-", "."), ("\u200b", "\u200b"), ("Unknown", "Unknown"), ("", "FNU"), ("ZZZ", "Test")]
)
def test_fillers_are_no_names(name: tuple[str, str]) -> None:
    assert parts_of(HumanName(family=name[0], given=(name[1],))) == ()


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("Jane Miller", {"jane|miller|"}),
        ("Jane Q. Miller", {"jane q|miller|"}),
        ("Dr. Jane Miller", {"jane|miller|"}),
        ("Mrs. Dr. Jane Miller", {"jane|miller|"}),
        ("Miller, Jane Q", {"jane q|miller|"}),
        ("MILLER,JANE", {"jane|miller|"}),
        ("de la Cruz, Mary Ann", {"mary ann|de la cruz|"}),
        ("Miller, John, Jr.", {"john|miller|jr"}),
        ("Miller Jr., John", {"john|miller|jr"}),
        ("Miller, John Jr.", {"john|miller|jr"}),
        ("John Miller, Jr.", {"john|miller|jr"}),
        ("John Miller, Jr., MD", {"john|miller|jr"}),
        ("John Miller, MD", {"john|miller|"}),
        ("John Miller Sr.", {"john|miller|sr"}),
        ("Miller, Jane,", {"jane|miller|"}),
    ],
)
def test_a_name_in_one_piece_that_is_clear(text: str, readings: set[str]) -> None:
    found = parts_of(HumanName(text=text))
    assert {f"{' '.join(name.given_names)}|{' '.join(name.family)}|{name.generation}" for name in found} == readings
    assert all(name.is_sure for name in found)


def test_a_name_in_one_piece_that_can_be_read_in_several_ways() -> None:
    found = parts_of(HumanName(text="Ana Maria Lopez Jr."))
    assert [(name.given_names, name.family) for name in found] == [
        (("ana",), ("maria", "lopez")),
        (("ana", "maria"), ("lopez",)),
    ]
    assert not any(name.is_sure for name in found)
    assert {name.generation for name in found} == {"jr"}
    assert parts_of(HumanName(text="Suharto")) == (NameParts((), ("suharto",), is_sure=False),)
    assert parts_of(HumanName(text="Suharto Jr")) == (NameParts((), ("suharto",), "jr", is_sure=False),)
    assert parts_of(HumanName(text="Baby Boy Smith")) == ()
    assert parts_of(HumanName(text="Miller, Jane, Ann")) == ()
    assert parts_of(HumanName(text=" , ")) == ()
    assert parts_of(HumanName()) == ()


def test_text_counts_only_where_there_are_no_parts() -> None:
    assert parts_of(HumanName(family="Miller", given=("Jane",), text="Somebody Else")) == (
        NameParts(("miller",), ("jane",)),
    )


def test_which_names_identify() -> None:
    name = HumanName("Harper", ("Susan",), use="official")
    person = Person(
        names=(
            HumanName("Doe", ("Jane",), use="anonymous"),
            HumanName("Trauma", ("Alpha",), use="temp"),
            name,
            HumanName("Harper", ("Sue",), suffix=("Sr",), use="usual"),
            HumanName("", ("Bunny",), use="nickname"),
            HumanName("Novak", (), use="maiden"),
            HumanName("Price", ("Susan",), suffix=("Jr",), use="old"),
            HumanName("Lee", ("Susan",), end="2026-11-27"),
            HumanName("Kim", ("Susan",), end="2026-11-28"),
        )
    )
    names = names_of(person, today=TODAY)
    assert [(part.family, part.given_names) for part in names.current] == [
        (("harper",), ("susan",)),
        (("harper",), ("sue",)),
        (("kim",), ("susan",)),
    ]
    assert [(part.family, part.given_names) for part in names.declared] == [
        (("harper",), ("bunny",)),
        (("novak",), ("susan",)),
        (("price",), ("susan",)),
        (("lee",), ("susan",)),
    ]
    assert names.generations == {"sr"}
    assert names_of(Person(), today=TODAY) == Names((), ())
