"""What is taken every few minutes when needed, in two languages; and packs of one product beside the product."""

from typing import Any

import pytest

from portal.domain.entry import Dose
from portal.merge.medications.dosing import read_doses
from portal.merge.medications.medicines import read_product
from portal.refresh.compare import PairVerdict, compare


def _order(title: str, sig: str, **dosage: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-08-24",
        "medicationCodeableConcept": {"text": title},
        "dosageInstruction": [{"text": sig, **dosage}],
    }


def _rescue(left: str, right: str) -> PairVerdict:
    title = "nitroglycerin 0.4 mg sublingual tablet"
    return compare(_order(title, left), _order(title, right))


_RESCUE = "1 tab SL q5min PRN chest pain, max 3 doses"


@pytest.mark.parametrize(
    "sig",
    [
        "1 tab SL every 5 minutes as needed for chest pain, max 3 in 15 minutes",
        "1 tableta bajo la lengua cada 5 minutos si dolor de pecho, máximo 3",
        "1 tableta debajo de la lengua cada 5 minutos si dolor torácico, no más de 3 dosis",
        "1 tableta sublingual cada 5 minutos si tiene dolor en el pecho, hasta 3 dosis",
        "1 tab SL q5min x3 prn CP",
    ],
)
def test_three_at_most_every_five_minutes_are_three_in_fifteen(sig: str) -> None:
    verdict = _rescue(_RESCUE, sig)
    assert verdict.verdict == "same"
    assert not {each.field for each in verdict.disagreements} & {"maximum", "prn", "frequency", "dose"}


@pytest.mark.parametrize(
    ("sig", "field"),
    [
        ("1 tab SL q5min PRN chest pain, max 3 per day", "maximum"),
        ("1 tab SL q5min PRN chest pain, max 3 in 24 hours", "maximum"),
        ("1 tableta bajo la lengua cada 5 minutos si dolor de pecho, máximo 3 al día", "maximum"),
        ("1 tab SL q5min PRN chest pain, max 2 doses", "maximum"),
        ("1 tableta bajo la lengua cada 10 minutos si dolor de pecho, máximo 3", "frequency"),
        ("1 tableta bajo la lengua cada 5 horas si dolor de pecho, máximo 3", "frequency"),
        ("1 tableta bajo la lengua cada 5 minutos si dolor de cabeza, máximo 3", "prn"),
        ("2 tabletas bajo la lengua cada 5 minutos si dolor de pecho, máximo 3", "dose"),
        ("1 tableta bajo la lengua cada 5 minutos, máximo 3", "prn"),
    ],
)
def test_another_limit_interval_or_reason_is_shown(sig: str, field: str) -> None:
    verdict = _rescue(_RESCUE, sig)
    assert verdict.verdict == "same"
    assert field in {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("1 tableta cada 6 horas si dolor de espalda", "1 tablet every 6 hours as needed for back pain"),
        ("1 tableta cada 8 horas según necesite para dolor de rodilla", "1 tablet q8h prn knee pain"),
        ("1 tableta cada 8 horas si tiene náuseas y vómitos", "1 tablet q8h prn nausea and vomiting"),
        ("1 tableta cada 4 horas si hay dolor intenso", "1 tablet q4h prn severe pain"),
        ("1 tableta cada 4 horas si falta de aire", "1 tablet q4h prn SOB"),
        ("1 tableta cada 6 horas si dolor de cabeza", "1 tablet q6h prn headache"),
    ],
)
def test_a_reason_is_one_in_both_languages(spanish: str, english: str) -> None:
    (left,), (right,) = (read_doses([Dose(text=text)], strengths={}) for text in (spanish, english))
    assert (left.amount, left.frequency, left.as_needed, left.reason) == (
        right.amount,
        right.frequency,
        right.as_needed,
        right.reason,
    )
    assert left.reason


def test_until_a_day_is_no_limit() -> None:
    (dose,) = read_doses([Dose(text="tome 1 tableta cada 6 horas hasta el 3 de mayo de 2026")], strengths={})
    assert (dose.end, dose.maximum) == ("2026-05-03", "")


@pytest.mark.parametrize(
    ("pack", "product"),
    [
        ("Medrol Dosepak 4 MG", "methylprednisolone 4 mg"),
        ("methylprednisolone 4 MG Oral Tablet Therapy Pack", "methylprednisolone 4 mg tablet"),
        ("methylprednisolone 4 mg TBPK", "Medrol 4 mg tablet"),
        ("{21 (methylprednisolone 4 MG Oral Tablet) } Pack [Medrol Dosepak]", "methylprednisolone 4 MG Oral Tablet"),
        ("Zithromax Z-Pak 250 mg", "azithromycin 250 mg"),
        ("azithromycin 250 mg tablet Z-Pak", "Zithromax 250 mg tablet"),
        ("Z-Pack 250 mg tablet", "azithromycin 250 mg tablet"),
    ],
)
def test_a_pack_of_one_product_is_the_product(pack: str, product: str) -> None:
    assert read_product(pack) == read_product(product)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Medrol Dosepak 4 MG", "Medrol 8 mg tablet"),
        ("Medrol Dosepak 4 MG", "prednisone 5 mg dose pack"),
        ("Medrol Dosepak 4 MG", "Depo-Medrol 40 mg/mL"),
        ("Zithromax Z-Pak 250 mg", "Zithromax Tri-Pak 500 mg"),
        ("Eliquis starter pack 5 mg", "Eliquis 5 mg tablet"),
        ("varenicline starting month pack", "varenicline 1 mg tablet"),
        (
            "{11 (varenicline 0.5 MG Oral Tablet) / 42 (varenicline 1 MG Oral Tablet) } Pack",
            "varenicline 0.5 MG Oral Tablet",
        ),
    ],
)
def test_packs_of_something_else_stay_apart(left: str, right: str) -> None:
    assert compare(_order(left, "as directed"), _order(right, "as directed")).verdict == "different"
