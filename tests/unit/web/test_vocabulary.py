"""What the organizations of a row disagree on is said in words, not in FHIR's codes."""

import pytest

from portal.normalise import phrases
from portal.web.health import vocabulary


@pytest.mark.parametrize(
    "code",
    [
        *phrases.CLINICAL_STATUS,
        *phrases.RESULT_STATUS,
        *phrases.EVENT_STATUS,
        *("active", "inactive", "resolved", "past", "final", "completed", "finished"),
    ],
)
def test_every_status_that_may_differ_has_a_word(code: str) -> None:
    assert code in vocabulary._STATUSES
