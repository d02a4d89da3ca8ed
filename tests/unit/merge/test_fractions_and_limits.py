"""Fractions of a tablet, limits in whole sentences, and what else Spanish instructions say of how much and when."""

from typing import Any

import pytest

from portal.domain.entry import Dose
from portal.merge.medications.dosing import Dosing, read_doses
from portal.refresh.compare import compare


def _read(text: str) -> Dosing:
    (dose,) = read_doses([Dose(text=text)], strengths={})
    return dose


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Take 1/4 tablet daily", "0.25 tablet"),
        ("1/4 tab bid", "0.25 tablet"),
        ("Take ¼ tablet daily", "0.25 tablet"),
        ("Take one quarter of a tablet daily", "0.25 tablet"),
        ("Take 3/4 tab daily", "0.75 tablet"),
        ("Take 1 1/4 tablets daily", "1.25 tablet"),
        ("Take 1-3/4 tabs daily", "1.75 tablet"),
        ("Take 1/3 tablet daily", "0.333 tablet"),
        ("1/4 to 1/2 tab at bedtime", "0.25-0.5 tablet"),
        ("Tome 1/4 de tableta al día", "0.25 tablet"),
        ("Tome una tableta y media al día", "1.5 tablet"),
        ("Tome tableta y media diaria", "1.5 tablet"),
        ("Tome dos tabletas y media al día", "2.5 tablet"),
        ("3 1/2 tablets daily", "3.5 tablet"),
        ("1/8 tablet daily", "0.125 tablet"),
        ("Take 1/2 of a tablet daily", "0.5 tablet"),
        ("half of a tablet daily", "0.5 tablet"),
        ("Tome medio comprimido al día", "0.5 tablet"),
        ("Tome la mitad de una tableta al día", "0.5 tablet"),
        ("1/2 of a 10 mg tablet daily", "5000 mcg"),
        ("Take two 5 mg tablets daily", "10000 mcg"),
        ("2 x 5 mg tablets daily", "10000 mcg"),
        ("Take 1 10 mg tablet daily", "10000 mcg"),
        ("every 12 hours 10 mg tablets", "10000 mcg"),
        ("2 tablets of 5 mg daily", "2 tablet"),
        ("Take 1 tab 1/2 hour before breakfast", "1 tablet"),
        ("Take 4 tablets daily", "4 tablet"),
        ("1/2 tab daily until 1/4/2026", "0.5 tablet"),
        ("1 tab daily until 3/4", "1 tablet"),
        ("Take 1 tablet 3/4/2026", "1 tablet"),
    ],
)
def test_a_fraction_is_a_part_of_one(text: str, amount: str) -> None:
    assert _read(text).amount == amount


@pytest.mark.parametrize(
    ("text", "maximum"),
    [
        ("1 tablet every 6 hours as needed. Do not take more than 4 tablets a day", "4 tablet"),
        ("1 tablet every 6 hours as needed. Don't take more than 4 tablets in 24 hours", "4 tablet"),
        ("1 tablet every 6 hours as needed. Never take more than six tablets a day", "6 tablet"),
        ("Tome 1 tableta cada 6 horas si dolor. No tome más de 4 tabletas al día", "4 tablet"),
        ("Tome 1 tableta cada 6 horas si dolor. No exceda 4 tabletas al día", "4 tablet"),
        ("1 tablet every 6 hours as needed. Do not use more than 3 days", ""),
        ("1 tablet every 6 hours as needed. Do not take more than prescribed", ""),
        ("Tome 1 tableta cada 6 horas si dolor. No tome con leche", ""),
    ],
)
def test_what_is_not_to_be_exceeded(text: str, maximum: str) -> None:
    dose = _read(text)
    assert (dose.amount, dose.frequency, dose.maximum) == ("1 tablet", "1/6h", maximum)


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("Una tableta los lunes, miércoles y viernes", "1 tablet on Monday, Wednesday and Friday"),
        ("Tome 1 tableta una vez por semana los domingos", "Take 1 tablet once a week on Sunday"),
        ("Tome 1 tableta al mediodía", "Take 1 tablet at noon"),
        ("Tome 1 tableta con la cena", "Take 1 tablet with dinner"),
        ("50.000 unidades semanal", "50,000 units weekly"),
        ("1 tableta media hora antes del desayuno", "1 tab 1/2 hour before breakfast"),
        ("2 atomizaciones en cada fosa nasal al día", "2 sprays in each nostril daily"),
        ("Inhale 2 inhalaciones cada 4 a 6 horas según sea necesario", "Inhale 2 puffs every 4 to 6 hours as needed"),
    ],
)
def test_spanish_and_english_say_the_same(spanish: str, english: str) -> None:
    assert _read(spanish) == _read(english)


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("Una tableta los lunes y jueves", "1 tablet on Monday and Friday"),
        ("Tome 1 tableta los domingos", "Take 1 tablet daily"),
        ("Tome 1 tableta al mediodía", "Take 1 tablet at bedtime"),
        ("Inhale 2 inhalaciones cada 4 a 6 horas", "Inhale 2 puffs every 6 hours"),
        ("Tome una tableta y media al día", "Take 1 tablet daily"),
        ("Tome 1 tableta cada 5 minutos", "Take 1 tablet every 5 hours"),
    ],
)
def test_spanish_and_english_say_two_things(spanish: str, english: str) -> None:
    one, other = _read(spanish), _read(english)
    assert (one.amount, one.frequency) != (other.amount, other.frequency)


def _order(sig: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-08-24",
        "medicationCodeableConcept": {"text": "metoprolol tartrate 25 mg tablet"},
        "dosageInstruction": [{"text": sig}],
    }


@pytest.mark.parametrize(
    ("left", "right", "field"),
    [
        ("Take 1/4 tablet daily", "Take 4 tablets daily", "dose"),
        ("Take 1 tablet daily (25 mg)", "Take 1 tablet daily (50 mg)", "dose"),
        ("Take 1 tablet (12.5 mg) daily", "Take 1 tablet daily", "dose"),
        ("1 tablet q6h prn, limit 4 tablets per day", "1 tablet q6h prn, limit 3 tablets per day", "maximum"),
        ("1 tablet q6h prn. Never take more than 4 tablets a day", "1 tablet q6h prn. Max 6 tablets a day", "maximum"),
        ("Take 1 tablet M-F", "Take 1 tablet daily", "frequency"),
        ("Take 1 tablet on weekdays", "Take 1 tablet on weekends", "frequency"),
        ("Tome 1 tableta de lunes a viernes", "Take 1 tablet daily", "frequency"),
        ("Take 1 tablet on odd days", "Take 1 tablet daily", "frequency"),
    ],
)
def test_what_differs_is_shown(left: str, right: str, field: str) -> None:
    verdict = compare(_order(left), _order(right))
    assert verdict.verdict == "same"
    assert field in [each.field for each in verdict.disagreements]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Take 1 tablet (25 mg total) by mouth daily", "Take 1 tablet by mouth daily"),
        ("Take 2 tablets (50 mg) daily", "Take 2 tablets daily"),
        ("Take 2 tablets (25 mg each) daily", "Take 2 tablets daily"),
        ("Take 0.5 tablet (12.5 mg) daily", "Take 1/2 tablet daily"),
        ("Take 25 mg (1 tablet) daily", "Take 1 tablet daily"),
        ("Take 1 tablet M-F", "Tome 1 tableta de lunes a viernes"),
        ("Take 1 tablet on weekdays", "Take 1 tablet Monday through Friday"),
        ("1 tablet q6h prn, limit 4 tablets per day", "1 tablet q6h prn, do not take more than 4 tablets a day"),
    ],
)
def test_what_is_equal_is_no_difference(left: str, right: str) -> None:
    verdict = compare(_order(left), _order(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())
