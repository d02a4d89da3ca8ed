"""The plan of a refresh."""

import pytest

from portal.domain.links import Outcome, Tier
from portal.domain.sections import BASIC, RESOURCE_TYPES, SECTIONS_OF, Section
from portal.fhir.capability import Capability, ResourceCapability
from portal.fhir.scopes import GrantedScopes
from portal.fhir.vendors import Quirks, quirks_of
from portal.refresh.plan import Plan, PlannedSearch, make_plan
from portal.refresh.search_outcomes import SearchOutcome, combined


def plan(
    *, scopes: str = "", tier: Tier = Tier.ACCOUNT, quirks: Quirks | None = None, types: str = "", done: str = ""
) -> Plan:
    capability = Capability(
        fhir_base="https://org.example/fhir",
        source="smart-configuration",
        resources={
            kind: ResourceCapability(includes=("MedicationRequest:medication",) if kind == "MedicationRequest" else ())
            for kind in types.split()
        },
    )
    return make_plan(
        capability=capability,
        granted=GrantedScopes(scopes.split()),
        tier=tier,
        quirks=quirks or Quirks(),
        without=[Section(name) for name in done.split()],
    )


def searches(made: Plan) -> dict[str, PlannedSearch]:
    return {search.resource_type: search for unit in made.units for search in unit.searches}


OBSERVATIONS = (Section.TEST_RESULTS, Section.VITAL_SIGNS, Section.EXAM_FINDINGS, Section.QUESTIONNAIRES)


def test_everything_where_nothing_is_known() -> None:
    made = plan()
    assert set(made.sections) == set(Section)
    assert not made.not_offered
    assert [search for unit in made.units for search in unit.searches] == [*searches(made).values()], "each type once"
    assert set(searches(made)) == set(SECTIONS_OF)
    assert searches(made)["Observation"].sections == searches(made)["Observation"].sections_of("") == OBSERVATIONS


def test_sections_of_one_type_are_filled_by_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    together = (Section.PROCEDURES, Section.DOCUMENTS)
    monkeypatch.setitem(SECTIONS_OF, "Procedure", together)
    monkeypatch.setitem(RESOURCE_TYPES, Section.DOCUMENTS, ("DocumentReference", "Procedure"))
    (unit,) = (unit for unit in plan().units if Section.DOCUMENTS in unit.sections)
    assert unit.sections == together
    assert [(search.resource_type, search.sections) for search in unit.searches] == [
        ("Procedure", together),
        ("DocumentReference", together[1:]),
    ]


def test_record_only() -> None:
    made = plan(tier=Tier.RECORD_ONLY)
    assert {section for unit in made.units for section in unit.sections} == BASIC
    assert set(made.not_offered.values()) == {"tier"}


def test_reasons_say_who_leaves_it_out() -> None:
    made = plan(types="Condition Encounter Appointment", scopes="patient/Encounter.rs patient/Device.rs")
    assert made.not_offered[Section.HEALTH_ISSUES] == "not-granted"
    assert made.not_offered[Section.IMPLANTS] == "not-in-capability"
    assert made.narrowed == {Section.VISITS: "partly-granted"}
    assert made.sections == tuple(Section)


def test_what_was_finished_is_not_done_again() -> None:
    made = plan(done="allergies test-results vital-signs exam-findings questionnaires")
    assert not {Section.ALLERGIES, *OBSERVATIONS} & set(made.sections)
    assert "Observation" not in searches(made)


def test_include_only_where_it_is_offered_and_works() -> None:
    types = "MedicationRequest MedicationStatement"
    assert searches(plan(types=types))["MedicationRequest"].include == "MedicationRequest:medication"
    assert searches(plan(types=types))["MedicationStatement"].include == ""
    assert searches(plan(types=types, quirks=quirks_of("no-include")))["MedicationRequest"].include == ""


def test_by_category_where_a_vendor_wants_it() -> None:
    found = searches(plan(quirks=quirks_of("category-required")))
    assert set(found["Observation"].categories) == {
        *("laboratory", "vital-signs", "imaging", "procedure", "exam", "survey", "social-history")
    }
    assert found["Condition"].categories
    assert found["Observation"].sections_of("vital-signs") == (Section.VITAL_SIGNS,)
    assert found["Observation"].sections_of("exam") == (Section.EXAM_FINDINGS,)
    assert found["Observation"].sections_of("survey") == (Section.QUESTIONNAIRES,)
    assert found["Observation"].sections_of("imaging") == (Section.TEST_RESULTS,)


def test_by_category_where_no_more_was_granted() -> None:
    made = plan(scopes="patient/Observation.rs?category=x|vital-signs")
    assert searches(made)["Observation"].categories == ("vital-signs",)
    assert made.not_offered[Section.TEST_RESULTS] == "not-granted"


Ended = tuple[Outcome, str | None]
D, P, F, R, N = Outcome.DONE, Outcome.PARTLY, Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_OFFERED


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], (N, None)),
        ([(D, None)], (D, None)),
        ([(D, None), (N, "http-404")], (D, None)),
        ([(D, None), (R, "http-403")], (P, "http-403")),
        ([(D, None), (F, "html")], (P, "html")),
        ([(P, "page-budget"), (D, None)], (P, "page-budget")),
        ([(R, "http-403"), (F, "html")], (F, "html")),
        ([(R, "http-403"), (N, "http-404")], (R, "http-403")),
        ([(D, "total-mismatch"), (D, None)], (D, "total-mismatch")),
    ],
)
def test_one_outcome_from_several(
    parts: list[tuple[Outcome, str | None]], expected: tuple[Outcome, str | None]
) -> None:
    assert combined([SearchOutcome((Section.VISITS,), outcome, reason) for outcome, reason in parts]) == expected
