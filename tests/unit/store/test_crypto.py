"""Values at rest: sealed for one place, opened by any key that is there, found by hashes that outlive the keys."""

import hmac

import pytest

from portal.domain.errors import DecryptionError
from portal.store.engine.crypto import Vault, key_id_of

OLD, NEW = ("old", bytes(range(32))), ("new", bytes(range(1, 33)))
ROW = "resource.body:1"


def vault(*keys: tuple[str, bytes], index_key: str = "index") -> Vault:
    return Vault(keys or (OLD,), index_key=index_key)


@pytest.mark.parametrize("plain", [b"", b"a", "Añá".encode(), bytes(range(256)) * 40])
def test_what_is_sealed_opens_in_its_place(plain: bytes) -> None:
    assert vault().open(vault().seal(plain, row=ROW), row=ROW) == plain


def test_the_same_value_is_sealed_anew_each_time() -> None:
    sealed = {vault().seal(b"penicillin", row=ROW) for _ in range(3)}
    assert len(sealed) == 3
    assert not any(b"penicillin" in value for value in sealed)


def test_a_value_copied_to_another_row_does_not_open() -> None:
    sealed = vault().seal(b"x", row=ROW)
    with pytest.raises(DecryptionError):
        vault().open(sealed, row="resource.body:2")


@pytest.mark.parametrize("place", [4, 10, -17, -1])  # nonce, ciphertext and tag
def test_a_changed_byte_does_not_open(place: int) -> None:
    sealed = bytearray(vault().seal(b"sealed text", row=ROW))
    sealed[place] ^= 1
    with pytest.raises(DecryptionError):
        vault().open(bytes(sealed), row=ROW)


def test_another_key_of_the_same_name_does_not_open() -> None:
    with pytest.raises(DecryptionError):
        vault(("old", NEW[1])).open(vault(OLD).seal(b"x", row=ROW), row=ROW)


def test_the_first_key_seals_and_all_open() -> None:
    before, during, after = vault(OLD), vault(NEW, OLD), vault(NEW)
    sealed = before.seal(b"x", row=ROW)
    assert during.open(sealed, row=ROW) == b"x"
    assert key_id_of(sealed) == OLD[0]
    anew = during.seal(b"x", row=ROW)
    assert key_id_of(anew) == NEW[0]
    assert after.open(anew, row=ROW) == b"x"
    with pytest.raises(DecryptionError) as taken_out:
        after.open(sealed, row=ROW)
    assert taken_out.value.code == "unknown-key"


def test_hashes_stay_when_keys_rotate_and_are_of_one_purpose_and_instance() -> None:
    assert vault(OLD).hash("name", "rivera") == vault(NEW, OLD).hash("name", "rivera")
    assert len(vault().hash("name", "rivera")) == 32
    others = {
        vault().hash("name", "rivera"),
        vault().hash("name", "riverb"),
        vault().hash("phone", "rivera"),
        vault(index_key="other").hash("name", "rivera"),
    }
    assert len(others) == 4
    assert vault().mac("audit", b"1") == vault(NEW).mac("audit", b"1")
    assert len({vault().mac("audit", b"1"), vault().mac("audit", b"2"), vault().mac("page", b"1")}) == 3


@pytest.mark.parametrize("length", [0, 1, 50, 64, 5000])
def test_hashes_are_hmac_with_sha_256_of_the_derived_key(length: int) -> None:
    derived = bytes.fromhex("39462d6dac7f2ad030c163bf8ca1eac764f599061338d9376f439e080fe9f6cf")
    expected = hmac.digest(derived, b"page\x00" + b"x" * length, "sha256")
    assert vault().mac("page", b"x" * length) == expected
    assert vault().hash("page", "x" * length) == vault().hash("page", b"x" * length) == expected.hex()[:32]


@pytest.mark.parametrize("fhir_id", ["a", "Añá", "8f14e45f-ceea-4e7a-9f43-1c2d3e4f5a6b", "x" * 255, "😀" * 255])
def test_an_id_is_sealed_alike_in_one_place_and_opens_there_only(fhir_id: str) -> None:
    sealed = vault().seal_id(fhir_id, place="person.fhir_id")
    assert len(sealed) <= 1400
    assert vault().ids(fhir_id, place="person.fhir_id") == (sealed, fhir_id)
    assert sealed not in vault().ids(sealed, place="person.fhir_id")
    assert sealed == vault(NEW).seal_id(fhir_id, place="person.fhir_id"), "whatever encrypts"
    assert sealed != vault().seal_id(fhir_id, place="resource.fhir_id:1")
    assert vault().open_id(sealed, place="person.fhir_id") == fhir_id
    assert vault().open_id(fhir_id, place="person.fhir_id") == fhir_id, "of before"
    for other, place in ((vault(), "resource.fhir_id:1"), (vault(index_key="other"), "person.fhir_id")):
        with pytest.raises(DecryptionError):
            other.open_id(sealed, place=place)
    with pytest.raises(DecryptionError):
        vault().open_id(sealed[:-4], place="person.fhir_id")
