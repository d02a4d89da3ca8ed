"""What a chart keeps in a note because it has no field for it is compared like the field of another chart."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.merge.notes import noted
from portal.merge.notes.standing_notes import standing as standing_of
from portal.merge.notes.standing_notes import verification as verification_of
from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import allergy, issue

Fields = Mapping[str, Any]


def _note(text: str) -> Fields:
    return {"note": [{"text": text}]}


def _sign(text: str, **more: str) -> Fields:
    return {"reaction": [{"manifestation": [{"text": text}], **more}]}


def _shown(left: Fields, right: Fields) -> dict[str, tuple[str, str]]:
    verdict = compare(left, right)
    assert verdict.verdict == "same" or verdict.may_be_same
    return {each.field: (each.left, each.right) for each in verdict.disagreements}


def _sign_of(text: str, severity: str) -> Fields:
    return {"manifestation": [{"text": text}], "severity": severity}


def _described(sign: str, description: str) -> Fields:
    return {"reaction": [{"manifestation": [{"text": sign}] if sign else [], "description": description}]}


_CODED_HIVES = {"coding": [{"system": "http://snomed.info/sct", "code": "126485001"}]}
_UNVERIFIED = {"verificationStatus": None}
_OF_ALLERGIES = [
    ("reaction", _note("Causes hives"), _sign("Anaphylaxis")),
    ("reaction", _note("Went into anaphylactic shock"), _sign("Hives")),
    ("reaction", _note("Rxn: nausea"), _note("Reaction: hives")),
    ("reaction", _sign("Hives"), {**_sign("Hives"), **_note("Reaction: throat swelling")}),
    ("severity", {**_sign("Rash"), **_note("Severity: Low")}, _sign("Rash", severity="severe")),
    ("severity", {**_sign("Rash"), **_note("Severity - Medium")}, _sign("Severe rash")),
    ("criticality", _note("Criticality: Low"), {"criticality": "high"}),
    ("criticality", _note("Potentially life-threatening"), {"criticality": "low"}),
    ("criticality", {"criticality": "CRITH"}, {"criticality": "Low"}),
    ("status", _note("Outgrown in childhood."), {}),
    ("verification", _note("Not confirmed"), {}),
    ("verification", _UNVERIFIED | _note("Confirmed by skin test"), {"verificationStatus": "unconfirmed"}),
    ("verification", _note("Ruled out by oral challenge"), {}),
    ("verification", _note("Tolerates ampicillin"), {}),
    ("type", _note("Intolerance, not a true allergy"), {"type": "allergy"}),
    ("type", _note("Type: allergy"), {"type": "intolerance"}),
    ("type", _note("intolerance only - GI, ok to rechallenge w/ XR"), {"type": "allergy"}),
    ("severity", _described("ronchas", "muy fuerte, tuvo que ir a emergencias"), _sign("Hives", severity="mild")),
]


@pytest.mark.parametrize(("field", "left", "right"), _OF_ALLERGIES)
def test_a_note_of_an_allergy_disagrees_with_a_field(field: str, left: Fields, right: Fields) -> None:
    assert field in _shown(allergy("Ampicillin") | left, allergy("Ampicillin") | right)


_PAST = {"clinicalStatus": "resolved"}
_STAGED = {"stage": [{"summary": {"text": "Stage IV"}}]}
_OF_ISSUES = [
    ("status", _note("Resolved 2015"), {}),
    ("status", _note("In remission since 2019"), {}),
    ("status", _note("Status: inactive."), {}),
    ("onset", _note("Dx 3/2010"), {"onsetDateTime": "2018-07-09"}),
    ("onset", _note("Onset: age 40"), {"onsetString": "childhood"}),
    ("onset", {"onsetString": "diagnosed 2010"}, {"onsetDateTime": "2018"}),
    ("onset", {"onsetString": "since childhood (age 6)"}, {"onsetDateTime": "2015-06"}),
    ("onset", _note("1er ataque 2012 según paciente"), {"onsetDateTime": "2020"}),
    ("onset", _note("as a teenager in the 1970s"), {"onsetDateTime": "2019-03"}),
    ("severity", _note("severe persistent, 2 ICU stays, on biologic"), {"severity": {"text": "Mild"}}),
    ("end", _PAST | _note("Resolved 6/20/2015"), _PAST | {"abatementDateTime": "2015-02-01"}),
    ("end", _PAST | {"abatementString": "resolved June 2015"}, _PAST | {"abatementString": "February 2015"}),
    ("severity", _note("Severity: mild"), {"severity": {"text": "Severe"}}),
    ("severity", _note("moderate severity"), {"severity": {"text": "Grave"}}),
    ("verification", _note("Working diagnosis"), {"verificationStatus": "confirmed"}),
    ("verification", _note("Asthma was ruled out by methacholine challenge"), {}),
    ("verification", _note("Mother's diagnosis, entered in error"), {}),
    ("verification", _note("Dx changed to COPD"), {}),
    ("verification", _note("Never had this"), {}),
    ("verification", _note("Wrong patient's chart"), {}),
    ("verification", _note("This is his father's condition, not the patient's"), {}),
    ("stage", _note("Clinical stage 2A at diagnosis"), _STAGED),
    ("stage", _note("Histologic grade: 1"), {"stage": [{"summary": {"text": "Grade 3"}}]}),
]


@pytest.mark.parametrize(("field", "left", "right"), _OF_ISSUES)
def test_a_note_of_a_health_issue_disagrees_with_a_field(field: str, left: Fields, right: Fields) -> None:
    assert field in _shown(issue("Asthma") | left, issue("Asthma") | right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_note("Causes hives"), _sign("Urticaria")),
        (_described("", "broke out in hives"), _sign("Hives")),
        (_described("", "dry hacking cough, nagging"), _sign("Cough")),
        (_described("", "ronchas en todo el cuerpo"), _sign("Hives all over")),
        (_note("side effect not allergy"), {"type": "intolerance"}),
        (_sign("Choque anafiláctico"), _sign("Anaphylaxis")),
        (_sign("Náuseas y vómitos"), _sign("N/V")),
        (_sign("Erupción grave"), _sign("Rash", severity="severe")),
        (_sign("Ronchas generalizadas"), {"reaction": [{"manifestation": [_CODED_HIVES]}]}),
        (
            _sign("Mild hives, severe wheezing"),
            {"reaction": [_sign_of("Hives", "mild"), _sign_of("Wheezing", "severe")]},
        ),
        ({"criticality": "High"}, {"criticality": "high"}),
        ({"clinicalStatus": {"text": "Resuelta"}}, _note("Resolved")),
        ({"verificationStatus": {"text": "Sin confirmar"}}, _note("Suspected")),
        (_note("Hives, resolved with Benadryl"), _sign("Hives")),
        (_note("Tolerates cephalexin"), {}),
        (_note("Mother had anaphylaxis"), {}),
        (_note("No anaphylaxis"), _sign("Rash")),
    ],
)
def test_notes_and_other_words_that_say_the_same_do_not_disagree(left: Fields, right: Fields) -> None:
    assert _shown(allergy("Ampicillin") | left, allergy("Ampicillin") | right) == {}


def _extension(name: str, **value: Any) -> Fields:
    return {"extension": [{"url": f"http://charts.example.org/fhir/StructureDefinition/{name}", **value}]}


_SEVERE = {"coding": [{"system": "http://snomed.info/sct", "code": "24484000", "display": "Severe"}]}


def test_an_extension_that_is_named_like_a_field_stands_for_it() -> None:
    rash = allergy("Ampicillin") | _sign("Rash")
    mild = allergy("Ampicillin") | _sign("Rash", severity="mild")
    assert _shown(rash | _extension("severity", valueCodeableConcept=_SEVERE), mild) == {"severity": ("severe", "mild")}
    critical = rash | _extension("allergy-criticality", valueCode="high")
    assert _shown(critical, rash | {"criticality": "low"}) == {"criticality": ("high", "low")}
    staged = issue("Asthma") | _extension("stage", valueString="IIA")
    assert "stage" in _shown(staged, issue("Asthma") | _STAGED)
    grave = issue("Asthma") | _extension("severity", valueCoding=_SEVERE["coding"][0])
    assert "severity" in _shown(grave, issue("Asthma") | {"severity": {"text": "Mild"}})
    assert _shown(rash | _extension("severity-of-what", valueCode="severe"), mild) == {}


@pytest.mark.parametrize(
    ("note", "title", "standing", "verification"),
    [
        ("PE ruled out", "DVT", "", ""),
        ("Not resolved", "DVT", "", ""),
        ("Swelling resolved", "DVT", "", ""),
        ("DVT resolved", "DVT", "resolved", ""),
        ("To be confirmed", "DVT", "", ""),
        ("One of several possibilities", "DVT", "", "differential"),
        ("Seen for cough. Problem: no longer active; status: inactive", "DVT", "inactive", ""),
        ("Certainty: working diagnosis", "DVT", "", "provisional"),
    ],
)
def test_only_what_a_note_says_of_the_thing_itself_counts(
    note: str, title: str, standing: str, verification: str
) -> None:
    assert (standing_of([note], title), verification_of([note], title)) == (standing, verification)


@pytest.mark.parametrize(
    ("title", "note", "shown"),
    [
        ("Penicillins", "Took Augmentin in 2023 without any problems", True),
        ("Penicillin", "Amoxicillin tolerated well in March", True),
        ("Penicilina", "Toleró amoxicilina sin problemas", True),
        ("Sulfa drugs", "Tolerates Bactrim", True),
        ("Ibuprofen", "Previously tolerated ibuprofen", True),
        ("Penicillin", "Tolerated cefazolin", False),
        ("Penicillin", "Amoxicillin not tolerated", False),
        ("Penicillin", "Took Augmentin, had hives", False),
        ("Penicillin", "Had since received amoxicillin, developed hives", False),
        ("Penicillin", "Tolerated amoxicillin for a cough", True),
    ],
)
def test_what_of_an_allergy_is_tolerated_is_shown_beside_it(title: str, note: str, *, shown: bool) -> None:
    verdict = compare(allergy(title) | _note(note), allergy(title))
    assert verdict.verdict == "same"
    told = {each.field: (each.left, each.right) for each in verdict.disagreements}
    assert ("tolerance" in told) is shown
    assert not shown or told["tolerance"] == (note, "-")
    assert "tolerance" not in _shown(allergy(title) | _note(note), allergy(title) | _note(note))


@pytest.mark.parametrize(
    ("note", "refuted"),
    [
        ("Had received amoxicillin, developed hives", False),
        ("Has taken amoxicillin and got a rash", False),
        ("Has since received amoxicillin twice with anaphylaxis", False),
        ("Tolerated amoxicillin poorly", False),
        ("Unable to tolerate amoxicillin", False),
        ("Failed to tolerate amoxicillin", False),
        ("Given amoxicillin, hives, had no issues with cephalexin", False),
        ("Has since taken amoxicillin", True),
        ("Has taken amoxicillin without any problems", True),
        ("Tolerated amoxicillin without rash", True),
    ],
)
def test_who_took_it_and_reacted_did_not_tolerate_it(note: str, *, refuted: bool) -> None:
    verdict = compare(allergy("Amoxicillin") | _note(note), allergy("Amoxicillin"))
    assert ("verification" in {each.field for each in verdict.disagreements}) is refuted
    assert verdict.verdict == ("different" if refuted else "same")


@pytest.mark.parametrize(
    ("title", "note", "standing", "verification"),
    [
        ("COPD", "Misdiagnosed as asthma for years", "", ""),
        ("COPD", "Misdiagnosed as COPD", "", "refuted"),
        ("COPD", "Was misdiagnosed", "", "refuted"),
        ("Depression", "In remission until last month", "", ""),
        ("Depression", "In full remission since May", "remission", ""),
    ],
)
def test_what_it_was_taken_for_and_what_is_over_again(title: str, note: str, standing: str, verification: str) -> None:
    assert (standing_of([note], title), verification_of([note], title)) == (standing, verification)


@pytest.mark.parametrize("note", ["Not a real allergy, GI upset", "Only an intolerance", "Es intolerancia, no alergia"])
def test_who_calls_it_no_allergy_differs_from_who_only_lists_it(note: str) -> None:
    assert "type" in _shown(allergy("Codeine") | _note(note), allergy("Codeine"))
    assert "type" not in _shown(allergy("Codeine") | {"type": "intolerance"}, allergy("Codeine"))
    assert "type" not in _shown(allergy("Codeine") | _note(note), allergy("Codeine") | _note(note))


@pytest.mark.parametrize(
    ("words", "standing", "verification"),
    [
        ("quiescent", "inactive", ""),
        ("sustained remission", "remission", ""),
        ("healed", "resolved", ""),
        ("ya no tiene", "resolved", ""),
        ("misdiagnosis", "", "refuted"),
        ("excluded by imaging", "", "refuted"),
        ("no confirmada", "", "unconfirmed"),
        ("working diagnosis", "", "provisional"),
        ("confirmed by biopsy", "", "confirmed"),
    ],
)
def test_a_label_and_a_sentence_know_the_same_words(words: str, standing: str, verification: str) -> None:
    label = "Status" if standing else "Verification"
    for note in (f"{label}: {words}", words.capitalize()):
        assert (standing_of([note], "Sarcoidosis"), verification_of([note], "Sarcoidosis")) == (standing, verification)


@pytest.mark.parametrize(
    ("note", "standing"),
    [
        ("On methotrexate, in remission", "remission"),
        ("Treated 2016, in remission since", "remission"),
        ("On heparin for clot, in remission", ""),
    ],
)
def test_what_is_done_about_an_illness_is_no_other_illness(note: str, standing: str) -> None:
    assert standing_of([note], "Sarcoidosis") == standing


@pytest.mark.parametrize(
    ("note", "field", "told"),
    [
        ("Surgeon: Garcia, Maria MD. No complications", "performer", "Garcia, Maria MD"),
        ("Performed by Dr. Lee; site: left knee", "performer", "Dr. Lee"),
        ("Performed by Dr. Lee; site: left knee", "site", "left knee"),
        ("Severity: High, Reaction: hives, swelling", "severity", "High"),
        ("Severity: High, Reaction: hives, swelling", "reaction", "hives, swelling"),
        ("It was performed by nobody", "performer", ""),
        ("Lot #AB 12", "lot", "AB 12"),
    ],
)
def test_labels(note: str, field: str, told: str) -> None:
    assert noted.labelled([note], field) == told


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        (issue("Severe asthma"), issue("Asthma") | {"severity": {"text": "Severe"}}, {}),
        (issue("Severe asthma"), issue("Asthma") | {"severity": {"text": "Leve"}}, {"severity": ("severe", "Leve")}),
        (
            issue("Breast cancer, stage IV"),
            issue("Breast cancer") | {"stage": [{"summary": {"text": "pStage IV"}}]},
            {},
        ),
    ],
)
def test_words_of_one_side_and_a_field_of_the_other_are_compared(
    left: Fields, right: Fields, shown: dict[str, tuple[str, str]]
) -> None:
    verdict = compare(left, right)
    assert verdict.verdict == "same"
    assert {each.field: (each.left, each.right) for each in verdict.disagreements} == shown


def test_another_stage_in_the_words_is_marked() -> None:
    verdict = compare(issue("Breast cancer, stage II"), issue("Breast cancer") | _STAGED)
    assert (verdict.verdict, [each.field for each in verdict.disagreements]) == ("different", ["stage"])
    assert compare(issue("Severe asthma"), issue("Asthma")).may_be_same


@pytest.mark.parametrize(
    "note", ["Mother's asthma resolved", "Mother's diagnosis of asthma prompted testing", "Dx changed to asthma"]
)
def test_what_a_note_says_of_a_relative_takes_nothing_from_the_patient(note: str) -> None:
    assert _shown(issue("Asthma") | _note(note), issue("Asthma")) == {}
