"""One order in two systems' styles disagrees in nothing; another amount, or another frequency, is told in any style."""

import random
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from portal.refresh.compare import compare


class Medicine(NamedTuple):
    """A product with what may be ordered of it: each reading in all its ways of writing, and sentences."""

    product: str
    amount: list[list[str]]
    often: list[list[str]]
    sig: list[list[str]]


def _medicines() -> list[Medicine]:
    medicines: list[Medicine] = []
    for line in (Path(__file__).parent / "sigs_across_styles.txt").read_text().splitlines():
        if line.startswith("["):
            medicines.append(Medicine(line[1:-1], [], [], []))
        elif line and not line.startswith("#"):
            name, _, ways = line.partition(" ")
            getattr(medicines[-1], name).append(ways.split("="))
    return medicines


_MEDICINES = _medicines()


def _order(product: str, sig: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-01-05",
        "medicationCodeableConcept": {"text": product},
        "dosageInstruction": [{"text": sig}],
    }


def _faults(seed: int, pairs: int) -> list[str]:
    chance = random.Random(seed)
    faults = []
    for _ in range(pairs):
        medicine = chance.choice(_MEDICINES)
        amount, often = chance.choice(medicine.amount), chance.choice(medicine.often)
        other = {"amount": amount, "often": often}
        changed = chance.choice(("amount", "often", ""))
        if changed:
            readings = medicine.amount if changed == "amount" else medicine.often
            other[changed] = chance.choice([each for each in readings if each is not other[changed]])
        texts = [
            chance.choice(chance.choice(medicine.sig)).format(amount=chance.choice(much), often=chance.choice(rate))
            for much, rate in ((amount, often), (other["amount"], other["often"]))
        ]
        verdict = compare(*(_order(medicine.product, text) for text in texts))
        alike = verdict.verdict == "same" and not verdict.disagreements
        if alike == bool(changed):
            faults.append(f"{medicine.product}: {' | '.join(texts)} ({changed or 'one'})")
    return faults


def test_styles_are_read_alike_and_what_differs_is_told() -> None:
    assert not _faults(1, 250)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_styles_in_a_larger_draw(seed: int) -> None:
    assert not _faults(seed, 800)
