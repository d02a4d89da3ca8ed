"""Formatted text from outside keeps its words and tables, and nothing that acts."""

import re
from base64 import b64encode

import pytest

from portal.web.narrative import clean, narratives

EVIL = [
    '<p onclick="alert(1)">a</p>',
    '<p hx-get="/links" hx-trigger="load">a</p>',
    '<div data-hx-post="/settings">a</div>',
    '<p style="position:fixed;inset:0">a</p>',
    '<img src="https://tracker.example/x.png" onerror="alert(1)">a',
    "<script>alert(1)</script>a",
    "<style>body{display:none}</style>a",
    '<a href="javascript:alert(1)">a</a>',
    '<iframe src="https://x.example"></iframe>a',
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>a',
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table></mtext></math>a",
    '<form action="https://x.example"><input name="password">a</form>',
    '<p id="main" class="card">a</p>',
    '<base href="https://x.example">a',
    '<meta http-equiv="refresh" content="0;url=https://x.example">a',
    '<hx-partial hx-target="#main">a</hx-partial>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">a</noscript>a',
]


@pytest.mark.parametrize("markup", EVIL)
def test_nothing_that_acts_is_left(markup: str) -> None:
    left = str(clean(markup))
    assert "a" in left
    for tag in re.findall(r"<[^>]*>", left):
        assert re.fullmatch(r'</?[a-z]+((?: (?:colspan|rowspan)="\d+")*)\s*/?>', tag), left
    assert "alert(1)" not in left or "&" in left


def test_tables_and_words_stay() -> None:
    table = '<table><tr><th colspan="2">Test</th></tr><tr><td>A1c</td><td>7.0</td></tr></table>'
    assert "colspan" in clean(table)
    assert "A1c" in clean(table)


def test_the_texts_of_a_resource() -> None:
    report = {
        "text": {"div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Summary</p></div>'},
        "presentedForm": [
            {"contentType": "text/plain", "data": b64encode(b"line 1\n<b>line 2").decode()},
            {"contentType": "application/pdf", "data": "AAAA"},
            {"contentType": "text/html; charset=utf-8", "data": b64encode(b"<p>Html<script>x</script>").decode()},
        ],
    }
    found = [str(one) for one in narratives(report)]
    assert found == [
        f'<div lang="" dir="auto">{text}</div>'
        for text in ("<div><p>Summary</p></div>", "line 1<br>&lt;b&gt;line 2", "<p>Html</p>")
    ]


@pytest.mark.parametrize("body", [{}, {"text": 3}, {"text": {"div": 3}}, {"content": [{"attachment": {"data": "%%"}}]}])
def test_what_is_not_text_gives_none(body: dict[str, object]) -> None:
    assert list(narratives(body)) == []


@pytest.mark.parametrize(
    ("stated", "div", "expected"),
    [
        ("es-US", "<div>Azúcar</div>", '<div lang="es-US" dir="auto"><div>Azúcar</div></div>'),
        ('en" onload="x', '<div xml:lang="fr">a</div>', '<div lang="" dir="auto"><div lang="fr">a</div></div>'),
        (None, '<p lang="he" dir="rtl" class="x">a</p>', '<div lang="" dir="auto"><p lang="he" dir="rtl">a</p></div>'),
        (None, '<p lang="1\'>" dir="up">a</p>', '<div lang="" dir="auto"><p>a</p></div>'),
    ],
)
def test_a_text_says_its_language(stated: str | None, div: str, expected: str) -> None:
    """The resource's, and of a part its own; an empty one where none is stated."""
    assert list(map(str, narratives({"language": stated, "text": {"div": div}}))) == [expected]
