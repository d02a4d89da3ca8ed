"""What the name of an allergy says beside its substance."""

from typing import Any

import pytest

from portal.merge.allergies.allergy_titles import read_title
from portal.merge.allergies.read_allergies import degree_of, signs_in_title, substance
from portal.merge.statements import statements
from portal.normalise import to_entry


@pytest.mark.parametrize(
    ("title", "name", "status", "verification"),
    [
        ("Penicillin", "penicillin", "", ""),
        ("Milk allergy, resolved", "milk", "resolved", ""),
        ("Egg allergy - outgrown", "egg", "resolved", ""),
        ("Latex (inactive)", "latex", "inactive", ""),
        ("Possible penicillin allergy", "penicillin", "", "unconfirmed"),
        ("? sulfa allergy", "sulfonamide antibiotics", "", "unconfirmed"),
        ("Peanut (unconfirmed)", "peanut", "", "unconfirmed"),
        ("Not allergic to penicillin", "penicillin", "", "refuted"),
        ("Penicillin allergy - delabeled", "penicillin", "", "refuted"),
        ("Penicillin allergy ruled out", "penicillin", "", "refuted"),
        ("Tolerates cephalexin", "cephalexin", "", "refuted"),
        ("Possible latex allergy, ruled out", "latex", "", "refuted"),
    ],
)
def test_a_title_in_parts(title: str, name: str, status: str, verification: str) -> None:
    read = read_title(title)
    assert (substance(read.substance), read.clinical_status, read.verification) == (name, status, verification)


@pytest.mark.parametrize(
    ("title", "signs"),
    [
        ("Codeine (nausea)", ("nausea",)),
        ("Penicillin - rash", ("rash",)),
        ("Vancomycin (red man)", ("vancomycin infusion reaction",)),
        ("Bee stings: anaphylaxis", ("anaphylaxis",)),
        ("ACE inhibitor cough", ("cough",)),
        ("Penicillin - severe rash", ("rash",)),
        ("Penicillin", ()),
        ("Acetaminophen (Tylenol)", ()),
    ],
)
def test_signs_beside_the_substance(title: str, signs: tuple[str, ...]) -> None:
    assert signs_in_title(title) == signs


@pytest.mark.parametrize(
    ("texts", "degree"),
    [
        (["severe rash"], "severe"),
        (["Hives (mild)"], "mild"),
        (["mild itching", "Moderate swelling"], "moderate"),
        (["Life-threatening bronchospasm"], "severe"),
        (["Severe cutaneous adverse reaction"], ""),
        (["hives"], ""),
    ],
)
def test_how_severe_words_say_it_was(texts: list[str], degree: str) -> None:
    assert degree_of(texts) == degree


def stated(**elements: Any) -> dict[str, object]:
    resource = {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin (possible) - rash"}, **elements}
    entry = to_entry(resource, lambda _reference: None)
    return {name: statement.key for name, statement in statements(entry).items()}


def test_structure_wins_over_the_words_of_the_title_unless_they_doubt() -> None:
    assert stated()["verification"] == "unconfirmed"
    assert stated()["reaction"] == (("rash",), frozenset())
    structure = stated(
        verificationStatus={"coding": [{"code": "confirmed"}]},
        reaction=[{"manifestation": [{"text": "Mild hives"}], "severity": "severe"}],
    )
    assert structure["verification"] == "unconfirmed", "systems fill in what nobody has confirmed"
    assert structure["reaction"] == (("hives",), frozenset())
    assert structure["severity"] == (("hives", "severe"),)
