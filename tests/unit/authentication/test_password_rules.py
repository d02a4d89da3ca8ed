"""NIST SP 800-63B-4, 3.1.1.2: length and a blocklist, and no rule about which characters."""

import pytest

from portal.authentication.password_rules import ALONE, BESIDE, LONGEST, PasswordProblem, refusal

CONTEXT = ("maria", "Maria Elena Alvarez", "MyCooper", "Cooper Regional Health")


@pytest.mark.parametrize(
    "password",
    [
        "kettle wobbles at noon",
        "onlylowercaseletterswithoutanything",
        "                a b c d e f g",
        "día de lluvia en otoño",
        "🦉🌧️🥁🧦 four pictures",
        "x9" + "lantern orchard " * 4,
        "maria likes the lighthouse",
    ],
)
def test_long_ones_are_welcome_whatever_they_are_made_of(password: str) -> None:
    assert refusal(password, shortest=ALONE, context=CONTEXT) is None


@pytest.mark.parametrize(
    ("password", "shortest", "reason"),
    [
        ("fourteen chars", ALONE, PasswordProblem.SHORT),
        ("7 chars", BESIDE, PasswordProblem.SHORT),
        ("8 charsx", BESIDE, None),
        ("x" * (LONGEST + 1), BESIDE, PasswordProblem.LONG),
        ("ab cd ef gh " * 21 + "ijkl", ALONE, None),
    ],
)
def test_length(password: str, shortest: int, reason: PasswordProblem | None) -> None:
    assert refusal(password, shortest=shortest) is reason


@pytest.mark.parametrize(
    "password",
    [
        "1q2w3e4r5t6y7u8i9o0p",
        "Password",
        "passwordpassword",
        "Password1234567!",
        "12345678901234567",
        "987654321098765",
        "abcdefghijklmnop",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcab",
    ],
)
def test_what_everybody_uses_is_refused(password: str) -> None:
    assert refusal(password, shortest=BESIDE) is PasswordProblem.COMMON


@pytest.mark.parametrize("password", ["mariaalvarez1980", "MyCooper-2026-2027", "Cooper Regional!!", "Maria.Elena.123"])
def test_what_stands_on_the_page_is_refused(password: str) -> None:
    assert refusal(password, shortest=BESIDE, context=CONTEXT) is PasswordProblem.CONTEXT
