"""Passwords of the product are hashed as RFC 9106 asks, whatever the tests use for their own accounts."""

import importlib.util

from argon2 import PasswordHasher, Type, extract_parameters

from portal.access import passwords


def test_the_product_hashes_with_the_profile_of_rfc_9106() -> None:
    product = importlib.util.find_spec("portal.access.passwords")
    assert product is not None
    assert product.loader is not None
    fresh = importlib.util.module_from_spec(product)
    product.loader.exec_module(fresh)  # a copy of its own: this process's tests use a cheaper hasher
    used = extract_parameters(fresh.hash_password("a password"))
    assert used.type is Type.ID
    assert (used.time_cost, used.memory_cost, used.parallelism) == (3, 65536, 4)
    assert fresh._short_codes == {"time_cost": 2, "memory_cost": 19456, "parallelism": 1}


def test_a_short_code_is_stretched_for_its_owner_alone() -> None:
    one, other = passwords.stretched(["ABCD-EFGH", "ABCD-EFGJ"], salt=bytes(16))
    assert one != other
    assert passwords.stretched(["ABCD-EFGH"], salt=bytes(16)) == (one,)
    assert passwords.stretched(["ABCD-EFGH"], salt=bytes(15) + b"1") != (one,)


def test_only_the_right_password_opens_and_nothing_opens_an_unknown_name() -> None:
    encoded = passwords.hash_password("right")
    assert passwords.verify_password(encoded, "right")
    assert not passwords.verify_password(encoded, "wrong")
    assert not passwords.verify_password(None, "no account has this password")


def test_a_password_of_another_profile_is_hashed_anew() -> None:
    assert not passwords.needs_rehash(passwords.hash_password("right"))
    assert passwords.needs_rehash(PasswordHasher(time_cost=9, memory_cost=64, parallelism=1).hash("right"))
