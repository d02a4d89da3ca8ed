"""A shared summary for who has no software: opened by a code and the birth date, for an hour."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.services import Services
from portal.sharing import copies
from portal.store.schema import metadata
from tests.integration.sharing.test_health_links import MEDICATIONS, form_of, token_in
from tests.integration.web.html import check_page

BORN = "3/4/1980"
CODE = re.compile(r'<code class="key">(\w{4}-\w{4}-\w{4})</code>')


def made(owner: FlaskClient, **fields: str) -> tuple[str, str]:
    """Make a link with a code; give the code and the link's id."""
    data = form_of(owner, section=[MEDICATIONS], code="1", **fields)
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    return CODE.search(page)[1], data["share"]  # type: ignore[index]


def opened(instance: Flask, code: str, born: str = BORN, language: str = "en", **form: str) -> TestResponse:
    client = instance.test_client()
    token = token_in(client.get("/view").get_data(as_text=True))
    told = {"csrf_token": token, "recipient": "Joy, school nurse", "code": code, "birth_date": born} | form
    return client.post("/view", data=told, headers={"Accept-Language": language})


def test_a_code_and_the_birth_date_open_it_for_an_hour(instance: Flask, owner: FlaskClient) -> None:
    code, share_id = made(owner)
    page = opened(instance, code.lower().replace("-", " "))
    check_page(page, our_words=False)
    told = page.get_data(as_text=True)
    assert "isinopril" in told
    assert "This portal decrypted it for you" in told
    assert page.headers["Cache-Control"] == "no-store"
    with time_machine.travel(timedelta(minutes=59), tick=True):
        assert opened(instance, code).status_code == 200
    with time_machine.travel(timedelta(minutes=61), tick=True):
        assert opened(instance, code).status_code == 422
    assert "Opened, by someone who said “Joy, school nurse”" in owner.get(f"/share/links/{share_id}").get_data(
        as_text=True
    )


def test_wrong_birth_dates_end_it_and_nothing_tells_which_was_wrong(instance: Flask, owner: FlaskClient) -> None:
    code, _share_id = made(owner)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda day: opened(instance, code, f"3/{day}/1980"), range(5, 10)))
    assert {answer.status_code for answer in answers} == {422}
    unknown = opened(instance, "AAAA-BBBB-CCCC")
    for answer in (*answers, unknown, opened(instance, code)):
        assert "Code and birth date open nothing" in answer.get_data(as_text=True)


def test_who_enters_the_passcode_of_a_link_is_told_where_it_belongs(instance: Flask, owner: FlaskClient) -> None:
    code, _share_id = made(owner)
    for _try in range(6):
        answer = opened(instance, "442589")
        assert "Six digits are the passcode of a link" in answer.get_data(as_text=True)
    assert opened(instance, code).status_code == 200, "it is no wrong try"


@pytest.mark.parametrize("step", ["pause", "end"])
def test_it_ends_with_its_link(instance: Flask, owner: FlaskClient, step: str) -> None:
    code, share_id = made(owner)
    assert opened(instance, code).status_code == 200
    at = f"/share/links/{share_id}"
    owner.post(at, data={"csrf_token": token_in(owner.get(at).get_data(as_text=True)), "step": step})
    assert opened(instance, code).status_code == 422


@pytest.mark.parametrize("opening", ["desk", "printed", "card"])
def test_only_a_link_with_a_passcode_has_a_code(owner: FlaskClient, opening: str) -> None:
    page = owner.post("/share/new", data=form_of(owner, code="1", opening=opening)).get_data(as_text=True)
    assert not CODE.search(page)


def test_a_reader_leaves_a_note(instance: Flask, owner: FlaskClient) -> None:
    code, share_id = made(owner)
    client = instance.test_client()
    token = token_in(client.get("/view").get_data(as_text=True))
    told = {"csrf_token": token, "recipient": "Joy", "code": code, "birth_date": BORN}
    page = client.post("/view", data=told).get_data(as_text=True)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]  # type: ignore[index]
    note = {"csrf_token": token_in(page), "ticket": ticket, "text": "Keep <b>one</b> inhaler at school."}
    assert client.post("/view/note", data=note).status_code == 303
    assert client.post("/view/note", data=note | {"ticket": ticket[:-2]}).status_code == 404
    with time_machine.travel(timedelta(minutes=61), tick=True):
        assert client.post("/view/note", data=note).status_code in (400, 404)
    shown = owner.get(f"/share/links/{share_id}").get_data(as_text=True)
    assert shown.count("Keep &lt;b&gt;one&lt;/b&gt; inhaler at school.") == 1
    assert "someone who said “Joy”" in shown


def test_what_is_stored_opens_nothing(instance: Flask, owner: FlaskClient, services: Services) -> None:
    """A copy of the whole database says neither a key, nor a code, nor a passcode, nor what was shared."""
    code, _share_id = made(owner, label="Dr. Qzlabel")
    data = form_of(owner, section=[MEDICATIONS], label="Dr. Qzlabel")
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    passcode = re.search(r'<code class="key">(\d{6})</code>', page)[1]  # type: ignore[index]
    link = re.search(r"shlink:/([\w-]+)", page)[1]  # type: ignore[index]
    opened(instance, code)
    dump = []
    with services.db.reading() as tx:
        for name in metadata.tables:
            if name.startswith("share") or name == "audit_event":
                rows = tx.conn.execute(text(f'SELECT * FROM "{name}"')).all()  # noqa: S608
                dump += [bytes(cell) if isinstance(cell, memoryview) else cell for row in rows for cell in row]
    dumped = b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in dump)
    assert len(dump) > 40
    for secret in (code, code.replace("-", ""), passcode, link, "Qzlabel", "isinopril", "school nurse", BORN):
        assert secret.encode() not in dumped, secret


def test_who_reads_spanish_gets_it_in_spanish_and_as_it_was_sent(instance: Flask, owner: FlaskClient) -> None:
    """Headings, labels and what is missing are ours to say; what was sent stays as it was, and marked as English."""
    code, _share_id = made(owner)
    page = opened(instance, code, language="es")
    tree = check_page(page, our_words=False)
    assert tree.get("lang") == "es"
    originals = tree.findall(".//*[@class='original told']")
    assert "Details" in "".join(text for original in originals for text in original.itertext())
    for original in originals:
        assert original.get("lang") == "en"
        original.clear()
    own = " ".join("".join(tree.find(".//main").itertext()).split())
    assert "Medicamentos" in own
    assert "Tal como se envió, en inglés" in own
    assert own.count("isinopril") > 1, "each statement of a disagreement"
    assert "Riverbend" in own
    assert not re.search(r"\b(?:Medications|Details|Source|What|Took|Since)\b", own)


def test_a_copy_that_is_older_opens_in_english_under_our_headings(
    instance: Flask, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = copies._copied
    monkeypatch.setattr(copies, "_copied", lambda content: replace(whole(content), contents=()))
    code, _share_id = made(owner)
    tree = check_page(opened(instance, code, language="es"), our_words=False)
    assert "Medicamentos" in [heading.text for heading in tree.findall(".//main//h2")]
    texts = ["".join(original.itertext()) for original in tree.findall(".//*[@class='original told']")]
    assert any("isinopril" in each for each in texts)
