"""What an organization is called, where it is, and how its addresses compare."""

import math

import pytest

from portal.store.directory.lookup import Term, _bound, _fts5, _tsquery
from portal.store.directory.values import FormerName, Mark, Organization, clean_base, domain_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Riverbend Health", "RH"),
        ("University of Elmford Hospital", "UE"),
        ("the corner clinic", "TC"),
        ("Elmford", "E"),
        ("(Old) Mill & Sons", "MS"),
        ("3M Clinic", "C"),
        ("", ""),
    ],
)
def test_two_letters_stand_for_a_logo(name: str, initials: str) -> None:
    assert Mark.of(name).initials == initials


def test_a_mark_names_the_logo_as_it_is_now() -> None:
    assert Organization(id="o1", name="Elmford").mark == Mark("E")
    assert Organization(id="o1", name="Elmford", hue="12", logo_digest="d").mark == Mark("E", "12", "o1-d")


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({}, ""),
        ({"city": "Elmford"}, "Elmford"),
        (
            {"line": "1 Main St", "city": "Elmford", "state": "NJ", "postal_code": "08102"},
            "1 Main St, Elmford, NJ 08102",
        ),
        ({"state": "NJ"}, "NJ"),
    ],
)
def test_an_address_is_what_is_known_of_it(fields: dict[str, str], address: str) -> None:
    assert Organization(id="o", name="x", **fields).address == address  # type: ignore[arg-type]


@pytest.mark.parametrize("change", ["name", "owner_name", "aliases", "former_names"])
def test_a_sensitive_place_is_one_under_any_of_its_names(change: str) -> None:
    telling = "Elmford Addiction Recovery Center"
    value = {"aliases": (telling,), "former_names": (FormerName(name=telling),)}.get(change, telling)
    assert not Organization(id="o", name="Elmford Clinic").sensitive
    assert Organization(**{"id": "o", "name": "Elmford Clinic", change: value}).sensitive  # type: ignore[arg-type]


def test_requests_begin_with_a_base_without_its_trailing_slash() -> None:
    assert clean_base(" https://a.example/r4/ ") == "https://a.example/r4"


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.Elmford.example/portal", "elmford.example"),
        ("https://user:secret@elmford.example:8443/x", "elmford.example"),
        ("http://wwwx.example", "wwwx.example"),
        ("elmford.example", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_domain_of_an_address(address: str | None, domain: str) -> None:
    assert domain_of(address) == domain


def test_a_group_of_terms_as_each_database_writes_it() -> None:
    group = (Term("mill"), Term("riv", unfinished=True))
    assert _fts5(group) == '("mill" OR "riv" *)'
    assert _tsquery(group) == "('mill' | 'riv':*)"


def test_how_many_lines_a_term_may_have() -> None:
    uses = {"clinic": 900}
    assert _bound(Term("clinic"), uses) == 900
    assert _bound(Term("uncounted"), uses) == math.inf
    assert _bound(Term("clinic", unfinished=True), uses) == math.inf
    assert _bound(Term("dx17"), uses) == _bound(Term("ax3"), uses) == 0
