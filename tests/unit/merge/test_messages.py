"""Messages stay by themselves; one text of one second at two places is two rows that say so."""

from typing import Any

import pytest

from portal.refresh.compare import compare

MESSAGE = {
    "resourceType": "Communication",
    "id": "m1",
    "status": "completed",
    "sent": "2026-04-27T11:05:09-05:00",
    "payload": [{"contentString": "Your results are normal."}],
    "sender": {"display": "Osei, A MD"},
    "recipient": [{"display": "Ana Diaz"}],
}


def test_what_one_organization_sent_twice_is_two_rows() -> None:
    """Each has an author and a label of its own."""
    assert compare(MESSAGE, MESSAGE | {"id": "m2"}, one_organization=True).verdict == "different"


@pytest.mark.parametrize(
    "copy",
    [
        {"id": "m2"},
        {"sent": "2026-04-27T16:05:09Z"},
        {"recipient": [{"display": "Riverbend Clinic"}]},
        {"sender": {"display": "A. Osei"}},
        {"payload": [{"contentString": "YOUR RESULTS are normal"}]},
    ],
)
def test_a_message_at_two_organizations_is_two_rows_that_name_each_other(copy: dict[str, Any]) -> None:
    verdict = compare(MESSAGE, MESSAGE | copy)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    "other",
    [
        {"sent": "2026-04-27T11:05:10-05:00"},
        {"sent": "2026-04-27"},
        {"sender": {"display": "Kim, J MD"}},
        {"payload": [{"contentString": "Your results are not normal."}]},
        {"sender": None},
    ],
)
def test_another_second_sender_or_text_is_another_message(other: dict[str, Any]) -> None:
    verdict = compare(MESSAGE, MESSAGE | other)
    assert (verdict.verdict, verdict.may_be_same) == ("different", False)
