"""What only the instructions of an order say of the product or its place: release, ear or eye, skin; a noted taper."""

from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_medication_pairs import order, told


@pytest.mark.parametrize(
    ("product", "plain_sig", "sig"),
    [
        ("carbamazepine 200 mg tablet", "1 tab TID", "1 tab BID. Give the 12-hour (XR) tablets"),
        ("metformin 500 mg tablet", "1 tab BID", "1 tab daily, extended-release"),
        ("glipizide 5 mg tab", "1 tab daily", "1 tab (XL) daily"),
        ("potassium chloride 20 meq tablet", "1 daily", "1 ER tab daily"),
        ("aspirin 325 mg tablet", "1 tablet daily", "1 enteric-coated tablet daily"),
        ("tramadol 100 mg tableta", "1 tableta diaria", "1 tableta de liberación prolongada diaria"),
    ],
)
def test_a_release_that_only_the_instructions_name_is_another_product(product: str, plain_sig: str, sig: str) -> None:
    verdict = compare(order(product, plain_sig), order(product, sig))
    assert verdict.verdict == "different"
    assert "release" in {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    "sig",
    [
        "1 tab BID, not the XR",
        "1 tab BID instead of the extended-release",
        "1 tab every 12 hours",
        "1 tab BID. Go to ER if it gets worse",
        "1 tab BID. Check CR in a week",
        "1 tab BID, call Dr. Lee",
    ],
)
def test_words_that_name_no_release_of_this_product_keep_nothing_apart(sig: str) -> None:
    assert told(order("metformin 500 mg tablet", "1 tab BID"), order("metformin 500 mg tablet", sig))[0] == "same"


def test_hours_in_the_instructions_count() -> None:
    right = order("bupropion XL 150 mg tablet", "1 tab daily")
    assert told(order("bupropion 150 mg tablet", "1 tablet daily - the XL one"), right)[0] == "same"
    assert told(order("bupropion 150 mg tablet", "1 SR tablet BID"), right)[0] == "different"


@pytest.mark.parametrize(
    ("product", "sig", "other"),
    [
        ("dexamethasone 0.1 % drops", "4 gtts AS BID x7d", "1 gtt OS QID x7d"),
        ("ofloxacin 0.3 % drops", "10 drops AD daily", "1 drop to right eye daily"),
        ("ciprofloxacin 0.3 % solution", "AU 4 drops BID", "1-2 drops OU q4h"),
        ("clotrimazole 1 % cream", "apply to feet BID", "1 applicatorful vaginally qhs x7"),
        ("hydrocortisone 1 % cream", "Apply to the affected area twice a day", "apply rectally BID"),
    ],
)
def test_ear_eye_skin_and_vagina_are_places_of_their_own(product: str, sig: str, other: str) -> None:
    assert told(order(product, sig), order(product, other))[0] == "different"


@pytest.mark.parametrize(
    ("product", "sig", "other"),
    [
        ("artificial tears drops", "1 drop as needed", "1 drop OU as needed"),
        ("ofloxacin 0.3 % drops", "5 drops as directed", "5 drops OS as directed"),
        ("clotrimazole 1 % cream", "apply to feet BID", "apply topically BID"),
        ("enoxaparin 40 mg/0.4 mL syringe", "inject on abdomen daily", "40 mg SC daily"),
    ],
)
def test_words_that_are_no_place_keep_nothing_apart(product: str, sig: str, other: str) -> None:
    assert told(order(product, sig), order(product, other))[0] == "same"


@pytest.mark.parametrize(
    ("note", "folds"),
    [
        ("TAPER: 4 tabs x3d, 3 x3d, 2 x3d, 1 x3d", False),
        ("titrate up by 10 mg weekly", False),
        ("2 tabs bid until seen", False),
        ("Sube a 2 pastillas al día", False),
        ("Dispensed 30 tabs, 3 refills", True),
        ("Sent to pharmacy", True),
    ],
)
def test_an_order_whose_note_tells_other_instructions_is_no_repeat(note: str, folds: bool) -> None:
    left = order("prednisone 10 mg tablet", "1 tab daily") | {"id": "a"}
    noted: dict[str, Any] = order("prednisone 10 mg tablet", "1 tab daily", note=[{"text": note}]) | {"id": "b"}
    noted["authoredOn"] = "2026-05-18"
    assert (compare(left, noted, one_organization=True).verdict == "same") is folds


@pytest.mark.parametrize(
    ("spoken", "shown"),
    [
        ("Do not stop suddenly. Take with food.", False),
        ("Do not crush or chew.", False),
        ("Do not skip doses", False),
        ("No suspenda de repente. Tome con comida", False),
        ("No mastique ni triture", False),
        ("No se salte ninguna dosis", False),
        ("No tome si el pulso es menos de 50", True),
        ("Do not stop suddenly, hold if heart rate under 50", True),
        ("Do not take if dizzy", True),
        ("Stop if a rash comes", True),
    ],
)
def test_how_to_handle_it_is_no_other_instruction(spoken: str, shown: bool) -> None:
    right = order("metoprolol tartrate 25 mg tablet")
    right["dosageInstruction"] = [{"text": "1 tab BID", "patientInstruction": spoken}]
    fields = told(order("metoprolol tartrate 25 mg tablet", "1 tab BID"), right)[1]
    assert ("instructions" in fields) is shown
