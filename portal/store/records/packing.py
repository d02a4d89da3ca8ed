"""How a raw resource becomes bytes and comes back: JSON with its decimals as written, compressed.

FHIR's decimals keep their precision (7.0 is not 7; FHIR R4 datatypes,
``decimal``), which is why they are read as ``Decimal`` and written as they were.
"""

from typing import Any

import msgspec

from portal.domain import decimals
from portal.store.engine.compression import pack, unpack

__all__ = ["decode", "encode", "pack", "unpack"]

_DECODER = msgspec.json.Decoder(float_hook=decimals.from_json)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def decode(data: bytes | memoryview | msgspec.Raw) -> Any:
    """Decode JSON, decimals as ``Decimal``. Raises msgspec.DecodeError."""
    return _DECODER.decode(data)


def encode(value: Any) -> bytes:
    """Encode values as JSON, decimals as they were written."""
    return _ENCODER.encode(value)
