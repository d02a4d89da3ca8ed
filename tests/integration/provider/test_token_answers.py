"""What RFC 6749 and RFC 6750 say of the characters of tokens, and of what an error tells."""

import re
from typing import Any

import pytest

from tests.integration.provider.conftest import TestApp, ana, third_party

__all__ = ["ana", "third_party"]

B64TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, 2.1
VSCHAR = re.compile(r"[\x20-\x7e]+")  # RFC 6749, appendix A.12 and A.17
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749, 5.2


def test_tokens_are_of_the_characters_that_a_header_takes(third_party: TestApp) -> None:
    app = third_party.connect(scope="launch/patient patient/Condition.rs offline_access")
    assert B64TOKEN.fullmatch(app.tokens["access_token"])
    assert VSCHAR.fullmatch(app.tokens["refresh_token"])


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "client_credentials", "scope": "system/*.rs"},
        {"grant_type": "password"},
        {},
    ],
)
def test_an_error_says_what_is_wrong(third_party: TestApp, form: dict[str, Any]) -> None:
    answer = third_party.token(**form)
    assert answer.status_code in (400, 401)
    body = answer.get_json()
    assert DESCRIPTION.fullmatch(body["error_description"]), body
