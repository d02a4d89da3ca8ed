"""A person shares some of a kind of information: categories within what an app asked for as a whole."""

import re

import pytest

from portal.provider.types import CATEGORIES, OF_A_PERSON
from tests.integration.provider.conftest import TestApp

LAB = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
VITAL = "http://terminology.hl7.org/CodeSystem/observation-category|vital-signs"


def observations(app: TestApp) -> set[str]:
    answer = app.get("Observation?_count=50")
    return {entry["resource"]["id"][0] for entry in answer.get_json().get("entry", [])}


@pytest.mark.parametrize("scope", ["patient/*.rs", "patient/Observation.rs patient/Condition.rs patient/Patient.rs"])
@pytest.mark.parametrize("refuse", [(), ("Observation",)])
def test_only_what_was_ticked_within_a_kind(third_party: TestApp, scope: str, refuse: tuple[str, ...]) -> None:
    """Whether the whole stays ticked beside it or not: the narrower answer counts."""
    app = third_party.connect(scope=f"launch/patient {scope}", refuse=refuse, only=("Observation.laboratory",))
    granted = app.tokens["scope"].split()
    assert f"patient/Observation.rs?category={LAB}" in granted
    assert not [text for text in granted if text.startswith(("patient/Observation.rs ", "patient/*"))]
    assert "patient/Observation.rs" not in granted
    assert "patient/Condition.rs" in granted
    assert observations(app) == {"o"}
    assert app.get("Observation/v-patient-ana").status_code == 404
    assert app.get("Condition/c-patient-ana").status_code == 200


def test_without_a_choice_within_it_all_of_a_kind_is_shared(third_party: TestApp) -> None:
    app = third_party.connect()
    assert "patient/*.rs" in app.tokens["scope"]
    assert observations(app) == {"o", "v"}


def test_everything_ticked_is_everything(third_party: TestApp) -> None:
    """Also what is of no category that can be ticked."""
    every = tuple(f"{kind}.{code}" for kind, codes in CATEGORIES.items() for code in codes)
    assert "patient/*.rs" in third_party.connect(only=every).tokens["scope"].split()


def test_two_categories_and_a_refresh(third_party: TestApp) -> None:
    app = third_party.connect(only=("Observation.laboratory", "Observation.vital-signs"))
    assert observations(app) == {"o", "v"}
    form = {"grant_type": "refresh_token", "refresh_token": app.tokens["refresh_token"]}
    again = app.token(**form).get_json()
    assert {f"patient/Observation.rs?category={each}" for each in (LAB, VITAL)} <= set(again["scope"].split())
    assert "patient/Observation.rs" not in again["scope"].split()


def test_what_cannot_be_said_in_the_older_form_is_not_offered(third_party: TestApp) -> None:
    page = third_party.page(scope="launch/patient patient/Observation.read").get_data(as_text=True)
    assert 'value="Observation"' in page
    assert 'value="Observation.laboratory"' not in page


def test_what_the_app_asked_for_by_category_stays_as_it_was_asked(third_party: TestApp) -> None:
    scope = f"launch/patient patient/Observation.rs patient/Observation.rs?category={LAB}"
    app = third_party.connect(scope=scope)
    assert {"patient/Observation.rs", f"patient/Observation.rs?category={LAB}"} <= set(app.tokens["scope"].split())


def test_a_category_alone_is_an_answer(third_party: TestApp) -> None:
    scope = "launch/patient patient/Observation.rs"
    app = third_party.connect(scope=scope, refuse=("Observation",), only=("Observation.vital-signs",))
    assert observations(app) == {"v"}


def test_a_group_that_is_not_ticked_is_not_shared(third_party: TestApp) -> None:
    """Whatever stays ticked within it: the three groups are what somebody sees first."""
    app = third_party.connect(refuse=("record",), only=("Observation.laboratory",))
    granted = {text.partition("/")[2].partition(".")[0] for text in app.tokens["scope"].split() if "/" in text}
    assert {"Patient", "Encounter", "Communication"} <= granted
    assert not {"AllergyIntolerance", "Observation", "Condition", "MedicationRequest"} & granted
    assert app.get("Patient/patient-ana").status_code == 200
    assert app.get("Condition/c-patient-ana").status_code == 403


def test_the_consent_page_has_three_groups_with_every_kind_in_one_of_them(third_party: TestApp) -> None:
    page = third_party.page().get_data(as_text=True)
    assert re.findall(r'name="group"\s+value="(\w+)"\s+aria-describedby="[^"]+"\s+checked', page) == [
        *("record", "care", "person")
    ]
    kinds = re.findall(r'name="kind"\s+value="([^"]+)"', page)
    assert len(kinds) == len(set(kinds))
    assert set(kinds) >= OF_A_PERSON
    assert "From your record at" in page
