"""Every code with which a Health Link is refused has words of its own kind at the desk."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.domain import errors
from portal.domain.errors import OutsideError
from portal.fhir import addresses
from portal.web.desk import refusals

_PORTAL = Path(errors.__file__).parents[1]
_OUTSIDE = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, OutsideError)}
_OTHER = {"TokenRefusedError"}  # of the token endpoint, which nobody asks for a link


def raised() -> Iterator[str]:
    """Every code that reading a link, or fetching from outside, may raise: out of the code itself."""
    for path in (*(_PORTAL / "fhir").glob("*.py"), *(_PORTAL / "sharing").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"LinkRefusedError": 1}.get(node.func.id, 0 if node.func.id in _OUTSIDE - _OTHER else None)
                if place is not None and len(node.args) > place:
                    yield from (
                        each.value
                        for each in ast.walk(node.args[place])
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    )
    yield from (vars(errors)[name].code for name in _OUTSIDE - _OTHER)
    yield from (reason for reason, _networks in addresses._SPECIAL)
    yield from ("loopback-address", "link-local-address", "private-address")  # of ``addresses.why_refused``


CODES = sorted({code for code in raised() if not code.startswith("http-")})


def test_every_code_has_words() -> None:
    assert len(CODES) > 30
    assert [code for code in CODES if code not in refusals._OF_CODE] == []


def test_no_words_are_left_over() -> None:
    assert sorted(refusals._OF_CODE) == sorted({*CODES, "no-picture"})


@pytest.mark.parametrize(
    ("one", "other"),
    [("answer-too-large", "unreachable"), ("answer-too-slow", "private-address"), ("http-500", "unreachable")],
)
def test_a_limit_a_fault_and_a_refusal_are_different_sentences(one: str, other: str) -> None:
    assert refusals.why(one) != refusals.why(other)
