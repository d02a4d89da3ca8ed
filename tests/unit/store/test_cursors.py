"""Where a page goes on: a cursor leads back to its place, and what is none of ours is refused as such."""

from base64 import urlsafe_b64encode
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.errors import InvalidInputError
from portal.store.records import rows, visits


def coded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort_at", ["", "2024", "2024-05-06T07:08:09Z"])
@pytest.mark.parametrize("row_id", ["r", "r1", "r12", "9f86d081"])
def test_a_cursor_leads_back(sort_at: str, row_id: str) -> None:
    row: Any = SimpleNamespace(rank=3, place_at="2024-05", place_id="p1", sort_at=sort_at, id=row_id)
    cursor = rows._cursor(row)
    assert rows._position(cursor) == (3, "2024-05", "p1", sort_at, row_id)
    assert visits._position(visits._cursor(2, sort_at, row_id)) == (2, sort_at, row_id)
    assert "=" not in cursor  # it stands in an address


@pytest.mark.parametrize(
    "cursor", ["", "x", "ü", "====", "\x00", coded("1~a"), coded("1~a~b~c~d~e"), coded("one~a~b~c~d"), coded("one~a~b")]
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    for position in (rows._position, visits._position):
        with pytest.raises(InvalidInputError) as refused:
            position(cursor)
        assert refused.value.code == "cursor"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_position_or_refused(cursor: str) -> None:
    for position, length in ((rows._position, 5), (visits._position, 3)):
        try:
            place = position(cursor)
        except InvalidInputError:
            continue
        assert len(place) == length
        assert isinstance(place[0], int)
