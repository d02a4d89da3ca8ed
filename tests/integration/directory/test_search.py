"""Search, on both databases alike; the acceptance of the demo among it."""

import pytest
from sqlalchemy import text

from portal.directory import search
from portal.domain.links import OrganizationKind
from portal.store import Database
from portal.store.directory import organizations
from portal.store.directory.organizations import FormerName


@pytest.fixture
def directory(database: Database) -> Database:
    with database.transaction() as tx:
        owner = organizations.add(
            tx,
            id="riverbend",
            name="Riverbend Regional Medical Center",
            fhir_base="https://riverbend.example/fhir",
            portal_url="https://my.riverbend.example/",
            aliases=("RRMC",),
            city="Camden",
            state="NJ",
            postal_code="08103",
            npi="1234567893",
        )
        organizations.add(tx, id="maple", name="Maple Street Clinic", owner_id=owner.id, kind=OrganizationKind.CLINIC)
        organizations.add(
            tx,
            id="mill",
            name="Old Mill Family Practice",
            fhir_base="https://mill.example/fhir",
            former_names=(FormerName(name="Mill Street Clinic", until="2021"),),
        )
        organizations.add(tx, id="mary", name="St. Mary's Children's Hospital", fhir_base="https://mary.example/fhir")
        organizations.add(
            tx, id="upmc", name="University of Pittsburgh Medical Center", fhir_base="https://u.example/r4"
        )
        for number, (city, state, latitude, longitude) in enumerate(
            [
                ("Springfield", "MA", 42.1, -72.6),
                ("Springfield", "MO", 37.2, -93.3),
                ("Springfield", "OR", 44.0, -123.0),
            ]
        ):
            organizations.add(
                tx,
                id=f"derm{number}",
                name="Springfield Dermatology",
                fhir_base=f"https://derm{number}.example/fhir",
                city=city,
                state=state,
                latitude=latitude,
                longitude=longitude,
            )
    return database


def _ids(database: Database, typed: str, near: str | None = None) -> list[str]:
    with database.reading() as tx:
        return [match.id for match in search(tx, text=typed, near=near)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("mill street", "mill"),
        ("maple", "maple"),
        ("riverbend", "riverbend"),
        ("river bend", "riverbend"),
        ("rivrbend", "riverbend"),
        ("rivrb", "riverbend"),
        ("center medical riverbend", "riverbend"),
        ("reg med ctr camden", "riverbend"),
        ("rrmc", "riverbend"),
        ("08103", "riverbend"),
        ("1234567893", "riverbend"),
        ("my.riverbend.example", "riverbend"),
        ("https://www.riverbend.example/sign-in", "riverbend"),
        ("maple riverbend", "maple"),
        ("saint marys", "mary"),
        ("childrens hosp", "mary"),
        ("Ｓt. Márys", "mary"),
        ("upmc", "upmc"),
        ("univ of pittsburg", "upmc"),
        ("springfield dermatology or", "derm2"),
        ("springfield dermatology missouri", "derm1"),
    ],
)
def test_found_first(directory: Database, typed: str, first: str) -> None:
    assert _ids(directory, typed)[:1] == [first]


def test_a_former_name_says_so(directory: Database) -> None:
    with directory.reading() as tx:
        [found, *_] = search(tx, text="mill street clinic")
    assert (found.name, found.matched.name, found.matched.kind, found.matched.until) == (
        "Old Mill Family Practice",
        "Mill Street Clinic",
        "former",
        "2021",
    )


def test_a_clinic_says_whose_it_is(directory: Database) -> None:
    with directory.reading() as tx:
        [found] = search(tx, text="maple")
    assert found.owner == "Riverbend Regional Medical Center"
    assert found.organization.fhir_base == "https://riverbend.example/fhir"


def test_the_nearest_of_one_name_comes_first(directory: Database) -> None:
    assert _ids(directory, "springfield dermatology", near="65806")[0] == "derm1"
    assert _ids(directory, "springfield dermatology", near="Eugene, OR")[0] == "derm2"
    assert _ids(directory, "springfield dermatology", near="nowhere")[0].startswith("derm")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "'",
        '"',
        "*",
        "a* OR b",
        "x'y\"z",
        "NEAR(a b)",
        "a:b",
        "(",
        "&|!",
        "\x00",
        "%",
        "_",
        "😀",
        "the",
        "-" * 500,
        "z" * 500,
    ],
)
def test_nothing_typed_breaks_it(directory: Database, typed: str) -> None:
    assert isinstance(_ids(directory, typed), list)


def test_what_changes_is_found_anew_and_the_vocabulary_forgets(directory: Database) -> None:
    with directory.transaction() as tx:
        old = organizations.by_id(tx, organization_id="mary")
        assert old is not None
        organizations.put(tx, organizations.Organization(id="mary", name="Quillback Hospital", fhir_base=old.fhir_base))
    assert _ids(directory, "quillback") == ["mary"]
    assert "mary" not in _ids(directory, "saint mary")
    with directory.reading() as tx:
        words = set(tx.conn.execute(text("SELECT word FROM search_word")).scalars())
    assert "quillback" in words
    assert "mary" not in words


def test_an_owner_renamed_is_found_at_its_clinics(directory: Database) -> None:
    with directory.transaction() as tx:
        organizations.put(
            tx, organizations.Organization(id="riverbend", name="Zephyr Health", fhir_base="https://z.example")
        )
    assert set(_ids(directory, "zephyr")) == {"riverbend", "maple"}
    assert _ids(directory, "zephyr")[0] == "riverbend"


def test_beginnings_find_the_same_whether_few_or_many_words_begin_so(directory: Database) -> None:
    """Of few words the index is asked for the words, of many and of numbers and marks for the beginning."""
    with directory.transaction() as tx:
        for number in range(20):
            ending = "abcdefghijklmnopqrst"[number]
            organizations.add(tx, id=f"q{ending}", name=f"Quill{ending}ton", fhir_base=f"https://q{ending}.example/r4")
        organizations.add(tx, id="perch", name="Perchwood 4711 Axminster", fhir_base="https://perch.example/r4")
    assert len(_ids(directory, "quill")) == 20
    assert _ids(directory, "quillato") == ["qa"]
    for typed in ("perchw", "471", "perchwood 4711 axmin", "axmins"):
        assert _ids(directory, typed)[:1] == ["perch"], typed
