"""The words of a card: one payer in two wordings, what is insured and how, numbers that two payers do not share."""

import pytest

from portal.domain.entry import Entry, Insurance
from portal.domain.sections import Section
from portal.merge import SourcedEntry, disagreements, read
from portal.merge.read_insurance import covered, same_house, telling
from portal.merge.relation import Tie, relation


def _payer(name: str) -> tuple[str, ...]:
    reading = read(Entry(section=Section.INSURANCE, title="Card", detail=Insurance(payer=name)), source="home")
    assert reading
    return reading.facts.says["payer"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("BCBS NJ", "Blue Cross Blue Shield of New Jersey"),
        ("BCBS of NJ", "Blue Cross Blue Shield New Jersey"),
        ("Medicaid of TX", "Texas Medicaid"),
        ("NY Medicaid", "Medicaid New York"),
        ("Texas State Medicaid Program", "Medicaid of Texas"),
        ("Aetna Inc.", "Aetna"),
        ("Aetna HMO", "Aetna"),
        ("Kaiser Foundation Health Plan, Inc.", "Kaiser Permanente"),
        ("UHC", "United Health Care"),
        ("Original Medicare", "Medicare"),
        ("CMS Medicare", "Medicare"),
        ("MassHealth", "Massachusetts Medicaid"),
        ("Molina of TX", "Molina of Texas"),
        ("Health Net CA", "Health Net California"),
        ("Medi-Cal", "California Medicaid"),
        ("UHC Commercial", "UnitedHealthcare Insurance Company"),
        ("United Health Care", "UHC"),
        ("Aetna/CVS", "Aetna Life Insurance Co"),
        ("Molina Healthcare", "Molina"),
        ("WellCare", "Wellcare Health Plans, Inc."),
        ("Oscar", "Oscar Health"),
        ("VA", "Veterans Affairs"),
        ("Medicare Part A&B", "Medicare Part A and B"),
        ("Medicaid - TX STAR", "Texas Medicaid STAR"),
    ],
)
def test_one_payer(left: str, right: str) -> None:
    assert _payer(left) == _payer(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Aetna", "Aetna Better Health"),
        ("UHC", "UHC Community Plan"),
        ("Health Net", "Health Plan"),
        ("Molina TX", "Molina of Ohio"),
        ("Anthem", "Aetna"),
        ("Texas Medicaid", "Ohio Medicaid"),
        ("BCBS NJ", "BCBS NY"),
    ],
)
def test_two_payers(left: str, right: str) -> None:
    assert _payer(left) != _payer(right)


@pytest.mark.parametrize(
    ("text", "covers", "network"),
    [
        ("Medical", ["medical"], ""),
        ("Dental PPO", ["dental"], "ppo"),
        ("Medicare Part A", ["part a"], ""),
        ("Medicare Parts A and B", ["part a", "part b"], ""),
        ("Medicare Part A & B", ["part a", "part b"], ""),
        ("Part A/B", ["part a", "part b"], ""),
        ("DRUGPOL", ["drugs"], ""),
        ("HMO PPO", [], ""),
        ("Medicare Advantage HMO", ["part c"], "hmo"),
        ("Medigap", ["supplement"], ""),
        ("", [], ""),
    ],
)
def test_what_is_insured(text: str, covers: list[str], network: str) -> None:
    assert covered(text) == (covers, network)


@pytest.mark.parametrize(
    ("number", "long"),
    [("1234", False), ("12345", True), ("number 1234", False), ("number 12345", True), ("ABCDE", False)],
)
def test_numbers_that_two_payers_do_not_share_by_chance(number: str, long: bool) -> None:
    assert telling(number) is long


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        *(("aetna", "aetnahealth", True), ("aetnahealth", "aetna", True), ("bluecrossnj", "bluecrossny", True)),
        *(("molina", "molinx", False), ("aetna", "cigna", False)),
    ],
)
def test_names_that_may_be_of_one_house(left: str, right: str, alike: bool) -> None:
    assert same_house(left, right) is alike


def _card(payer: str, member: str = "W123456789") -> SourcedEntry:
    detail = Insurance(payer=payer, member_id=member)
    return SourcedEntry(payer, payer, Entry(section=Section.INSURANCE, title=payer, detail=detail))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("BCBS TX", "Blue Cross and Blue Shield of Texas"),
        ("Ambetter", "Ambetter from Superior HealthPlan"),
        ("UHC", "UnitedHealthcare"),
    ],
)
def test_one_payer_in_two_wordings_is_one_row_that_disagrees_in_nothing(left: str, right: str) -> None:
    cards = [_card(left), _card(right)]
    first, second = (read(card.entry, source=card.source) for card in cards)
    assert first is not None
    assert second is not None
    assert relation(first.facts, second.facts, one_organization=False).tie is Tie.SAME
    assert disagreements(cards) == ()


def test_a_short_number_does_not_prove_that_a_longer_name_is_the_same_payer() -> None:
    short = [_card(name, "77") for name in ("Ambetter", "Ambetter from Superior HealthPlan")]
    first, second = (read(card.entry, source=card.source) for card in short)
    assert first is not None
    assert second is not None
    assert relation(first.facts, second.facts, one_organization=False).tie is Tie.MARKED
