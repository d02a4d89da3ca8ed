"""Raw resources as bytes: what comes back is what went in, its decimals as they were written."""

import zlib
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.store.engine import compression
from portal.store.records import packing


@pytest.mark.parametrize("number", ["7.0", "7", "0.10", "1e3", "-0.5", "161.48830274611892", "100000000000000000000.1"])
def test_decimals_keep_their_digits(number: str) -> None:
    written = f'{{"value":{number}}}'.encode()
    value = packing.decode(written)["value"]
    assert Decimal(str(value)) == Decimal(number)
    assert packing.decode(packing.encode({"value": value})) == {"value": value}


def test_a_trailing_zero_is_precision() -> None:
    assert packing.encode(packing.decode(b'{"a":[7.0,7,0.10]}')) == b'{"a":[7.0,7,0.10]}'


@pytest.mark.parametrize("length", [0, 59, 60, 50_000])
def test_short_and_long_come_back(length: int) -> None:
    assert packing.unpack(packing.pack(b"x" * length)) == b"x" * length


@settings(deadline=None)
@given(st.binary(max_size=1000))
def test_what_is_packed_comes_back(data: bytes) -> None:
    assert packing.unpack(packing.pack(data)) == data


def test_only_what_gains_by_it_is_compressed() -> None:
    assert packing.pack(b"x" * 59) == b"\x00" + b"x" * 59
    assert packing.pack(b"x" * 60)[0] == 2
    assert len(packing.pack(b"x" * 5000)) < 100


def test_what_earlier_versions_sealed_is_read() -> None:
    written = b'{"resourceType":"Patient"}'
    for earlier in (written, b"\x00" + written, b"\x01" + zlib.compress(written)):
        assert compression.plain(earlier) == written


def test_the_dictionary_never_changes() -> None:
    assert (
        sha256(compression._DICTIONARY).hexdigest()
        == "a1f41da858a298f38645d229f9b8058fa433aec8daf4dd0436b0b7f869f71031"
    )


def test_another_packing_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown packing"):
        packing.unpack(b"\x07{}")
