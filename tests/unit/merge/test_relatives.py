"""Who is a relative in a title is one in a note: words for relatives stand in one place."""

import pytest

from portal.domain.titles import Telling, told_in_title
from portal.merge.notes.asserted import affirmed

_PEOPLE = "mother mom mum father grandmother grandpa sister twin niece nephew half-brother madre tía abuelo nieta"


@pytest.mark.parametrize("relative", _PEOPLE.split())
def test_a_relatives_illness_is_nobody_elses(relative: str) -> None:
    assert told_in_title(f"{relative.capitalize()}: diabetes") is Telling.RELATIVE
    assert affirmed(f"{relative} has diabetes") == ()


@pytest.mark.parametrize("other", ["wife", "roommate", "guardian", "amiga"])
def test_others_tell_and_have_no_family_history(other: str) -> None:
    assert affirmed(f"per {other}, has diabetes") == ("has diabetes",)
    assert told_in_title(f"{other.capitalize()}: diabetes") is not Telling.RELATIVE
