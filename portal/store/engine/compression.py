"""Small JSON made smaller before it is sealed: deflate with a dictionary of what FHIR says again and again.

The first byte says how: 0 plain, 1 zlib, 2 raw deflate with ``_DICTIONARY``. JSON begins with none of these, so what an
earlier version sealed as it was is told apart. The dictionary (``portal/data/packing-dictionary.txt``) is part of the
format: a changed one is another file and another number.

Source: RFC 1951 (deflate), RFC 1950 section 2.2 (preset dictionaries).
"""

import zlib
from importlib.resources import files
from typing import Any

_SMALL = 60  # bytes below which compressing gains nothing
_LEVEL = 5
_RAW = -zlib.MAX_WBITS
_LITTLE = 2048  # bytes up to which a window that holds little more than the dictionary serves as well


def _dictionary() -> bytes:
    """Return the dictionary; its line ends are only for its readers."""
    return files("portal.data").joinpath("packing-dictionary.txt").read_bytes().replace(b"\n", b"")


_DICTIONARY = _dictionary()


def _primed(window: int, memory: int) -> Any:
    """Return a compressor that has read the dictionary, which takes as long as packing a small value.

    A copy packs one value. ``window`` and ``memory`` (zlib's wbits and memLevel) say how large it is: 48 kB are copied
    for 13 and 5, 128 kB for 14 and 7, and whoever else works in between finds so much less in the processor's caches.
    """
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, -window, memory, zdict=_DICTIONARY)


_OF_LITTLE, _OF_MUCH = _primed(13, 5), _primed(14, 7)


def pack(data: bytes) -> bytes:
    """Return JSON bytes smaller, where that gains anything."""
    if len(data) < _SMALL:
        return b"\x00" + data
    compressor = (_OF_LITTLE if len(data) <= _LITTLE else _OF_MUCH).copy()
    packed: bytes = b"\x02" + compressor.compress(data) + compressor.flush()
    return packed


def unpack(packed: bytes) -> bytes:
    """Return the bytes again; raise ValueError for an unknown kind."""
    if packed[0] == 2:
        return zlib.decompressobj(_RAW, zdict=_DICTIONARY).decompress(packed[1:])
    if packed[0] == 1:
        return zlib.decompress(packed[1:])
    if packed[0] == 0:
        return packed[1:]
    raise ValueError("unknown packing")


def plain(opened: bytes) -> bytes:
    """Return what was sealed as JSON, packed or as it was."""
    return unpack(opened) if opened[:1] in (b"\x00", b"\x01", b"\x02") else opened
