"""SMART scopes of both generations: what is understood, what may be granted, and how far it reaches."""

from itertools import product

import pytest

from portal.provider.oauth import scopes
from portal.provider.oauth.scopes import allowed, expand, granted, needs_person, parse, reach
from portal.provider.types import ASKED_BY_NAME, BASIC, SERVED

LAB = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("text", "granted_as"),
    [
        ("patient/Observation.rs", "patient/Observation.rs"),
        ("patient/Observation.r", "patient/Observation.r"),
        ("patient/Observation.s", "patient/Observation.s"),
        ("patient/Observation.cruds", "patient/Observation.rs"),
        ("patient/Observation.read", "patient/Observation.read"),
        ("patient/Observation.*", "patient/Observation.read"),
        ("patient/*.rs", "patient/*.rs"),
        ("system/Patient.rs", "system/Patient.rs"),
        (f"patient/Observation.rs?category={LAB}", f"patient/Observation.rs?category={LAB}"),
        ("patient/AuditEvent.rs", "patient/AuditEvent.rs"),
    ],
)
def test_what_is_understood(text: str, granted_as: str) -> None:
    assert str(parse(text)) == granted_as


@pytest.mark.parametrize(
    "text",
    [
        "patient/Observation.write",
        "patient/Observation.cud",
        "patient/Observation.",
        "patient/Observation.sr",  # the order is part of the syntax
        "patient/observation.rs",
        "patient/Unheard.rs",
        "user/Observation.rs",
        "patient/Observation",
        "system/AuditEvent.rs",  # of a person alone
        f"patient/Observation.read?category={LAB}",
        f"patient/Condition.rs?category={LAB}",
        f"patient/*.rs?category={LAB}",
        "patient/Observation.rs?code=1",
        f"patient/Observation.rs?category={LAB}&code=1",
        "patient/Observation.rs?",
        "openid",
        "",
    ],
)
def test_what_is_not(text: str) -> None:
    assert parse(text) is None


def test_nothing_that_is_supported_is_refused() -> None:
    for text in scopes.SUPPORTED:
        assert text in scopes.PLAIN or str(parse(text)) == text


@pytest.mark.parametrize(
    ("registered", "requested", "permitted"),
    [
        ("", "openid patient/Observation.rs system/Patient.rs", "openid patient/Observation.rs"),
        ("openid patient/*.rs", "openid fhirUser patient/Observation.rs", "openid patient/Observation.rs"),
        ("patient/Observation.r", "patient/Observation.rs", ""),
        ("patient/Observation.rs patient/Goal.rs", "patient/*.rs", "patient/Observation.rs patient/Goal.rs"),
        ("patient/Observation.rs", "patient/*.r", "patient/Observation.r"),
        ("patient/Observation.rs", "patient/*.read", "patient/Observation.read"),
        (f"patient/Observation.rs?category={LAB}", "patient/*.read", ""),  # v1 has no form for it
        (f"patient/Observation.rs?category={LAB}", "patient/*.rs", f"patient/Observation.rs?category={LAB}"),
        (f"patient/Observation.rs?category={LAB}", "patient/Observation.rs", ""),
        ("patient/Observation.rs", f"patient/Observation.rs?category={LAB}", f"patient/Observation.rs?category={LAB}"),
        ("system/Patient.rs", "patient/Patient.rs", ""),
        ("", "openid openid nonsense", "openid"),
    ],
)
def test_a_client_gets_no_more_than_it_is_registered_for(registered: str, requested: str, permitted: str) -> None:
    assert allowed(requested, registered.split()) == tuple(permitted.split())


def test_whatever_is_granted_is_within_what_was_asked_and_agreed() -> None:
    asked = ["openid", "offline_access", "patient/*.rs"]
    everything = granted(asked, accepted=SERVED, lasting=True, withheld=NOTHING)
    assert everything == ("openid", "offline_access", "patient/*.rs")
    assert "offline_access" not in granted(asked, accepted=SERVED, lasting=False, withheld=NOTHING)
    without = granted(asked, accepted=SERVED - {"Goal"}, lasting=False, withheld=NOTHING)
    assert set(without) == {"openid", *(f"patient/{kind}.rs" for kind in SERVED - {"Goal"})}
    assert "patient/Goal.rs" not in granted(asked, accepted=SERVED, lasting=False, withheld=frozenset({"Goal"}))
    assert granted(["patient/Goal.rs"], accepted=NOTHING, lasting=True, withheld=NOTHING) == ()
    twice = ["patient/Goal.rs", "patient/Goal.rs"]
    assert granted(twice, accepted=frozenset({"Goal"}), lasting=True, withheld=NOTHING) == ("patient/Goal.rs",)


def test_a_category_is_agreed_to_by_its_own_key() -> None:
    text = f"patient/Observation.rs?category={LAB}"
    scope = parse(text)
    assert scope is not None
    assert scope.key == "Observation.laboratory"
    assert granted([text], accepted=frozenset({"Observation"}), lasting=True, withheld=NOTHING) == ()
    assert granted([text], accepted=frozenset({scope.key}), lasting=True, withheld=NOTHING) == (text,)


def test_what_all_types_means() -> None:
    person, partner = parse("patient/*.rs"), parse("system/*.rs")
    assert person is not None
    assert partner is not None
    assert {scope.type for scope in expand(person, withheld=NOTHING)} == SERVED
    assert {scope.type for scope in expand(partner, withheld=NOTHING)} == BASIC
    assert not {scope.type for scope in expand(person, withheld=NOTHING)} & ASKED_BY_NAME.keys()


def test_a_reach_is_as_wide_as_the_widest_scope() -> None:
    narrow = f"patient/Observation.rs?category={LAB}"
    limited = reach([narrow], "Observation", "r")
    assert limited is not None
    assert limited.categories == {LAB}
    whole = reach([narrow, "patient/Observation.r"], "Observation", "r")
    assert whole is not None
    assert whole.categories is None
    searched = reach([narrow, "patient/Observation.r"], "Observation", "s")
    assert searched is not None
    assert searched.categories == {LAB}


def test_a_reach_ends_at_type_action_and_context() -> None:
    for kind, action, context in product(("Goal", "Patient"), "rs", ("patient", "system")):
        reached = reach(["patient/Goal.r"], kind, action, context=context)
        assert (reached is not None) is ((kind, action, context) == ("Goal", "r", "patient"))
    assert reach(["patient/*.rs"], "AuditEvent", "r") is None
    assert reach(["patient/AuditEvent.rs"], "AuditEvent", "r") is not None


def test_which_authorizations_are_about_a_person() -> None:
    assert needs_person(["launch/patient"])
    assert needs_person(["openid", "patient/Goal.r"])
    assert not needs_person(["openid", "fhirUser", "system/Patient.rs"])


def test_nothing_is_remembered_of_what_is_only_asked_for() -> None:
    """Whoever asks may ask for anything, of any length."""
    before = parse.cache_info()
    assert allowed(f"patient/Goal.rs patient/{'X' * 50_000}.rs {'y' * 50_000} openid", ()) == (
        "patient/Goal.rs",
        "openid",
    )
    assert parse.cache_info() == before
