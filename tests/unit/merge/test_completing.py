"""What another source says stands in the row where the speaking entry is silent."""

import msgspec
import pytest

from portal.domain.entry import Allergy, AnyDetail, Dose, Entry, HealthIssue, Medication, Quantity, Reaction, Result
from portal.domain.sections import Section
from portal.merge.completing import completed


def entry(detail: AnyDetail) -> Entry:
    return Entry(section=Section.ALLERGIES, title="Thing", detail=detail)


HIVES, SHOCK = (Reaction(("Hives",)),), (Reaction(("Anaphylaxis",), "severe"),)


def test_a_reaction_is_not_hidden_behind_silence() -> None:
    silent, telling = entry(Allergy(criticality="low")), entry(Allergy(reactions=SHOCK, criticality="high"))
    assert completed(silent, [entry(Allergy()), telling]).detail == Allergy(reactions=SHOCK, criticality="low")


def test_what_is_said_stays() -> None:
    own = entry(Allergy(reactions=HIVES, criticality="low"))
    assert completed(own, [entry(Allergy(reactions=SHOCK, criticality="high"))]) is own
    assert completed(own, []) is own


def test_a_result_that_one_entry_tells_is_as_it_was() -> None:
    result = entry(Result(quantity=Quantity("140", "mmol/L", "mmol/L")))  # a chart takes it without asking
    assert completed(result, []) is result
    assert completed(result, [result]) is result


def test_instructions_are_taken_whole_or_not_at_all() -> None:
    order = Medication(instructions=("1 daily",), dose="1 tablet", doses=(Dose(text="1 daily"),), fhir_status="stopped")
    read = completed(entry(Medication(fhir_status="active")), [entry(order)]).detail
    assert read == Medication(
        instructions=("1 daily",), dose="1 tablet", doses=(Dose(text="1 daily"),), fhir_status="active"
    )
    partly = entry(Medication(route="by mouth"))
    assert completed(partly, [entry(order)]) is partly


def test_only_entries_of_its_kind_tell() -> None:
    issue = entry(HealthIssue())
    assert completed(issue, [entry(Allergy(reactions=SHOCK))]) is issue
    told = HealthIssue(severity="Severe", stage="Stage II", stages=("Stage II",))
    assert completed(issue, [entry(told)]).detail == told


@pytest.mark.parametrize("title", ["Codeine (nausea)", "Codeine - life-threatening", "Severe codeine allergy"])
def test_a_title_that_says_more_is_not_hidden_behind_one_that_does_not(title: str) -> None:
    plain = Entry(section=Section.ALLERGIES, title="Codeine", detail=Allergy())
    telling = msgspec.structs.replace(plain, title=title)
    assert completed(plain, [plain, telling]).title == title
    assert completed(telling, [plain, telling]).title == title
    told = msgspec.structs.replace(plain, detail=Allergy(reactions=(Reaction(("Hives",), "mild"),)))
    assert completed(told, [told, telling]).title == "Codeine", "a reaction of its own: the two are compared"
