"""What is typed or carried to get in cannot be guessed (ASVS 5.0, 6.5.4 and 7.2.3)."""

from base64 import urlsafe_b64decode
from math import log2

from portal.authentication import activation, codes, factors
from portal.domain.ids import new_id, new_secret


def _bits(groups: int) -> float:
    return len(codes.new_code(groups).replace("-", "")) * log2(len(codes._ALPHABET))


def test_codes_have_many_more_than_20_bits() -> None:
    assert _bits(2) > 39, "recovery and printed codes, of two groups"
    assert _bits(activation._GROUPS) > 59
    assert set(factors._NUMBER.values()) == {10, 30}
    assert len({codes.new_code(2) for _ in range(2000)}) == 2000
    assert {letter for _ in range(200) for letter in codes.new_code(3)} == {*codes._ALPHABET, "-"}


def test_secrets_of_sessions_have_256_bits_and_ids_more_than_100() -> None:
    secrets = {new_secret() for _ in range(2000)}
    assert len(secrets) == 2000
    assert {len(urlsafe_b64decode(secret + "=")) for secret in secrets} == {32}
    assert len({new_id() for _ in range(2000)}) == 2000
    assert 20 * log2(36) > 100
