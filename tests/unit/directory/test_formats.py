"""Lists of organizations come from outside: what no parser bears is refused like what is no JSON."""

import pytest

from portal.directory import formats
from portal.domain.errors import InvalidInputError

DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("as_lines", [False, True])
@pytest.mark.parametrize("data", [DEEP, b'{"resourceType":' + DEEP + b"}", b"{"])
def test_a_list_that_is_nested_too_deep_is_refused(data: bytes, *, as_lines: bool) -> None:
    with pytest.raises(InvalidInputError):
        list(formats.read_bytes(data, "list.json", as_lines=as_lines))
