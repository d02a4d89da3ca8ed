"""Reading pages as a strict browser would."""

import re
from collections import Counter
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

# Parse errors that HTML5 browsers do not mind and templates cannot avoid.
_ALLOWED = {"expected-doctype-but-got-chars"}


def get(
    client: FlaskClient, address: str, *, fragment: bool = False, status: int = 200, **headers: str
) -> TestResponse:
    """GET as a browser or as htmx; checks the status."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()} | (
        {"HX-Request": "true"} if fragment else {}
    )
    answer = client.get(address, headers=sent)
    assert answer.status_code == status, (address, answer.status_code, answer.headers.get("Location"))
    return answer


_PER_ANSWER = re.compile(
    r'nonce="[^"]+|csrf_token"\s+value="[^"]+|X-CSRFToken":"[^"]+|name="next"\s+value="[^"]*'
    r'|data-seconds="[^"]+|data-at>[^<]+|signed out at <b>[^<]+'
)


def same(answer: TestResponse) -> str:
    """What a page says, without what is made anew for every answer: nonce, form tokens, the address asked for."""
    return _PER_ANSWER.sub("", answer.get_data(as_text=True))


def parse(markup: str, *, fragment: bool = False) -> Any:
    """An ElementTree without namespaces; fails on what the HTML parser reports."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree = parser.parseFragment(markup) if fragment else parser.parse(markup)
    errors = [error for error in parser.errors if error[1] not in _ALLOWED]
    assert not errors, errors[:5]
    return tree


def check_page(answer: TestResponse, *, our_words: bool = True) -> Any:
    """What must hold of every page: gives its tree. Words that are not ours may be punctuated in any way."""
    markup = answer.get_data(as_text=True)
    tree = parse(markup)
    assert tree.get("lang"), "the page has no language"
    title = tree.findtext(".//title") or ""
    assert len(title.split("–")[0].strip()) > 2, title
    assert len(tree.findall(".//h1")) == 1, "a page has one h1"
    check_ids(tree)
    policy = answer.headers["Content-Security-Policy"]
    for style in tree.findall(".//style"):
        assert f"'nonce-{style.get('nonce')}'" in policy
    for script in tree.findall(".//script"):
        assert (script.get("src") or "").startswith("/static/"), "no inline script"
    check_attributes(tree)
    for bad in ("None", "undefined", "Undefined"):
        assert not re.search(rf">\s*{bad}\s*<", markup), f"a page says {bad}"
    text = " ".join("".join(tree.find("body").itertext()).split())
    torn = re.search(r".{0,20} [.,](?= |$)", text)
    assert not (our_words and torn), f"a line break of a template before punctuation: {torn and torn[0]}"
    assert "Cookie" in answer.headers["Vary"]
    assert "HX-Request" in answer.headers["Vary"]
    return tree


def check_fragment(answer: TestResponse) -> Any:
    markup = answer.get_data(as_text=True)
    assert "<html" not in markup
    assert "<script" not in markup
    tree = parse(markup, fragment=True)
    check_ids(tree)
    check_attributes(tree)
    return tree


def check_ids(tree: Any) -> None:
    ids = [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]
    twice = [one for one, n in Counter(ids).items() if n > 1]
    assert not twice, f"ids are not unique: {twice}"
    for element in tree.iter("label"):
        assert element.get("for") in ids, "a label leads to no field"
    for element in tree.iter():
        for name in ("aria-labelledby", "aria-describedby"):
            for target in (element.get(name) or "").split() if isinstance(element.tag, str) else ():
                assert target in ids, f"{name} leads to no element: {target}"


def check_attributes(tree: Any) -> None:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for name in element.keys():  # noqa: SIM118 -- an element is not a mapping
            assert not name.startswith("on"), f"inline handler {name}"
            assert name != "style", "inline style"
        if element.tag == "a" and element.get("target") == "_blank":
            assert element.get("rel") == "noopener noreferrer"
        if element.tag == "form" and element.get("method", "").lower() == "post":
            assert element.find(".//input[@name='csrf_token']") is not None, "a POST form without its token"
