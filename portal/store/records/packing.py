"""How a raw resource becomes bytes and comes back: JSON with its decimals as written, compressed.

FHIR's decimals keep their precision (7.0 is not 7; FHIR R4 datatypes,
``decimal``), which is why they are read as ``Decimal`` and written as they were.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypedDict

import msgspec

from portal.domain import decimals
from portal.store.engine.compression import pack, unpack

__all__ = ["decode", "decoder_of", "encode", "pack", "unpack"]

_DECODER = msgspec.json.Decoder(float_hook=decimals.from_json)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def decode(data: bytes | memoryview | msgspec.Raw) -> Any:
    """Decode JSON, decimals as ``Decimal``. Raises msgspec.DecodeError."""
    return _DECODER.decode(data)


def decoder_of(names: frozenset[str]) -> Callable[[bytes], Mapping[str, Any]]:
    """Return what decodes some of a resource's elements, those that it has: passing over the rest takes a quarter."""
    decode: Callable[[bytes], Mapping[str, Any]] = _partial(names).decode
    return decode


@lru_cache(maxsize=256)
def _partial(names: frozenset[str]) -> msgspec.json.Decoder[Any]:
    fields = dict.fromkeys(sorted(names), Any)
    return msgspec.json.Decoder(TypedDict("Elements", fields, total=False), float_hook=decimals.from_json)  # type: ignore[operator]


def encode(value: Any) -> bytes:
    """Encode values as JSON, decimals as they were written."""
    return _ENCODER.encode(value)
