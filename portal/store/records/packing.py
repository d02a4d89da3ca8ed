"""How a raw resource becomes bytes and comes back: JSON with its decimals as written, compressed.

The first byte says how: 0 plain, 1 zlib. FHIR's decimals keep their precision (7.0 is not 7; FHIR R4 datatypes,
``decimal``), which is why they are read as ``Decimal`` and written as they were.
"""

import zlib
from typing import Any

import msgspec

from portal.domain import decimals

_DECODER = msgspec.json.Decoder(float_hook=decimals.from_json)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_SMALL = 200  # bytes below which compressing gains nothing


def decode(data: bytes | memoryview | msgspec.Raw) -> Any:
    """Decode JSON, decimals as ``Decimal``. Raises msgspec.DecodeError."""
    return _DECODER.decode(data)


def encode(value: Any) -> bytes:
    """Encode values as JSON, decimals as they were written."""
    return _ENCODER.encode(value)


def pack(data: bytes) -> bytes:
    """Pack JSON bytes as bytes to seal."""
    if len(data) < _SMALL:
        return b"\x00" + data
    return b"\x01" + zlib.compress(data, 1)


def unpack(packed: bytes) -> bytes:
    """Return the JSON bytes again; raise ValueError for an unknown kind."""
    if packed[0] == 0:
        return packed[1:]
    if packed[0] == 1:
        return zlib.decompress(packed[1:])
    raise ValueError("unknown packing")
