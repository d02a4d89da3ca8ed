"""Half a character never makes unreadable what stands beside it, nor reaches what is written again."""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from portal.domain import surrogates
from portal.domain.errors import InvalidInputError, NormaliseError
from portal.normalise.registry import read
from portal.provider.bodies import json_of
from tests.unit.normalise.samples import TYPES, others, sample


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"cut \ud83d", "cut \ufffd"),
        (r"\uDE00 alone", "\ufffd alone"),
        (r"\ud83d\ud83d\ude00", "\ufffd\N{GRINNING FACE}"),
        (r"\uD83D\uDE00", "\N{GRINNING FACE}"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d", "\\\ufffd"),
        (r"\ud7ff\ue000", "\ud7ff\ue000"),
    ],
)
def test_half_a_character_in_json_is_replaced_and_a_whole_one_is_not(written: str, text: str) -> None:
    content = f'["{written}"]'.encode()
    assert msgspec.json.decode(surrogates.replaced_in_json(content)) == [text]
    assert json.loads(surrogates.replaced_in_json(content)) == [text]


def test_a_request_with_half_a_character_is_refused_and_not_changed() -> None:
    """What a client signed is read by others, too (its ``jti``): as it was written, or not at all."""
    for half in (rb'["\ud800"]', rb'["\udc00"]', rb'["\ud800."]'):
        with pytest.raises(InvalidInputError, match="not-json"):
            json_of(half)
    assert json_of(rb'["\ud83d\ude00", "\\ud83d"]') == ["\N{GRINNING FACE}", r"\ud83d"]


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each text of a resource, as the object or list that holds it and its key there."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from leaves(inner)
        elif isinstance(inner, str):
            yield value, key


@pytest.mark.parametrize("kind", TYPES)
def test_every_text_of_a_resource_may_hold_half_a_character(kind: str) -> None:
    resource = copy.deepcopy(sample(kind))
    for place, key in leaves(resource):
        whole = place[key]
        for broken in ("\ud800", f"{whole}\udc00"):
            place[key] = broken
            with suppress(NormaliseError):
                msgspec.json.encode(read(resource, others))
        place[key] = whole
