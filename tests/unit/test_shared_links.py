"""Reading a Health Link from whatever carries it, and refusing what must not be fetched."""

import json
import os
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.egress import Egress
from portal.fhir.public_files import PublicFiles
from portal.sharing import files, receiving, shlink
from portal.sharing.receiving import PasscodeNeededError
from portal.sharing.shlink import LinkRefusedError, Stage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEY = bytes(range(32))


def written(url: str = "https://a.example/x", *, flag: str = "U", label: str = "Inés — ½") -> str:
    return shlink.write(url=url, key=KEY, expires=NOW + timedelta(minutes=15), flag=flag, label=label)


@pytest.mark.parametrize(
    "carrier",
    [
        "{}",
        "https://viewer.example/#{}",
        "https://viewer.example/open?x=1#{}",
        "  Here is my link:\n{}\nThank you",
        "%73hlink:/nothing {}",
    ],
)
def test_a_link_is_read_from_what_carries_it(carrier: str) -> None:
    link = shlink.read(carrier.format(written()))
    assert (link.url, link.flag, link.label, link.key_bytes()) == ("https://a.example/x", "U", "Inés — ½", KEY)
    assert not shlink.profile_problems(link, NOW)


def test_a_link_that_was_broken_into_lines_or_encoded_is_read() -> None:
    text = written()
    assert shlink.read(text[:60] + "\r\n  " + text[60:]).label == "Inés — ½"
    assert shlink.read(text.replace("shlink:/", "https://v.example/%23shlink%3A%2F")).label == "Inés — ½"


def test_half_a_character_in_a_link_reaches_nothing_that_is_written_again() -> None:
    payload = {"url": "https://a.example/x?q=\ud800", "key": "\ud800", "flag": "U\udc00", "label": "cut \ud83d"}
    link = shlink.read("shlink:/" + shlink.to_base64url(json.dumps(payload).encode()))
    assert link.label == "cut \ufffd"
    msgspec.json.encode(link)


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_a_link_or_is_refused(text: str) -> None:
    for pasted in (text, "shlink:/" + text, "shlink:/" + shlink.to_base64url(text.encode("utf-8", "replace"))):
        with pytest.raises(LinkRefusedError) as refused:
            shlink.read(pasted)
        assert refused.value.stage is Stage.DECODE


@pytest.mark.parametrize("value", [[], {}, None, True, 1e300, "1", -1])
def test_odd_parts_of_a_payload_do_no_harm(value: object) -> None:
    parts = {"url": "https://a.example", "key": "k", "exp": value, "flag": value, "label": value, "v": value}
    link = shlink.read("shlink:/" + shlink.to_base64url(json.dumps(parts).encode()))
    assert "key" in shlink.profile_problems(link, NOW)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/x",
        "file:///etc/passwd",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.8/x",
        "https://169.254.169.254/latest/meta-data",
        "https://0x7f000001/x",
        "https://user@a.example/x",
        "https://[::1/x",
        "javascript:alert(1)",
        "",
    ],
)
@pytest.mark.parametrize("flag", ["U", ""])
def test_what_must_not_be_called_is_not_called(url: str, flag: str) -> None:
    with PublicFiles(Egress()) as outside, pytest.raises(LinkRefusedError) as refused:
        receiving.open_link(shlink.read(written(url, flag=flag)), outside, recipient="Lakeside", now=NOW)
    assert refused.value.stage is Stage.RETRIEVE


def test_one_that_has_run_out_or_wants_a_passcode_is_not_asked_for() -> None:
    with PublicFiles(Egress()) as outside:
        late = NOW + timedelta(minutes=15)
        with pytest.raises(LinkRefusedError) as refused:
            receiving.open_link(shlink.read(written()), outside, recipient="Lakeside", now=late)
        assert (refused.value.stage, refused.value.code) == (Stage.PAYLOAD, "expired")
        with pytest.raises(PasscodeNeededError):
            receiving.open_link(shlink.read(written(flag="LP")), outside, recipient="Lakeside", now=NOW)


def test_an_encrypted_file_is_read_whole_or_not_at_all() -> None:
    plain = os.urandom(300_000) + b"a" * 1_000_000
    for deflate in (False, True):
        sealed = files.encrypt(plain, KEY, deflate=deflate)
        assert sealed != files.encrypt(plain, KEY, deflate=deflate), "a vector of its own"
        assert files.decrypt(sealed, KEY) == plain
        for broken in (sealed[:-2], sealed.replace(b"..", b".AA.", 1), b"a.b.c.d.e", b"", b"{}"):
            with pytest.raises(LinkRefusedError) as refused:
                files.decrypt(broken, KEY)
            assert refused.value.stage is Stage.DECRYPT
    bomb = files.encrypt(b"a" * (files.LARGEST + 1), KEY, deflate=True)
    with pytest.raises(LinkRefusedError):
        files.decrypt(bomb, KEY)
