"""A form filled again: what was written stands where it was written, and nothing else of the page changes."""

import pytest

from portal.web.refill import refilled

PAGE = """<h1>A &amp; B</h1>
<form action="/q" method="get"><input name="note" value="other"></form>
<form class="stack" method="post" action="/ask?x=1&amp;y=2">
  <input type="hidden" name="csrf_token" value="new"><input type="hidden" name="about" value="7">
  <input name="title" value="old" required> <input type="search" name="title">
  <textarea name="note" rows="2">before &lt;b&gt;
</textarea>
  <input type="checkbox" name="days" value="mon" checked> <input type="checkbox" name="days" value="tue">
  <input type="radio" name="kind" value="a" checked><input type="radio" name="kind" value="b">
  <input type="checkbox" name="agree">
  <select name="who">
    <option value="">nobody</option><option value="x" selected>X</option><option value="y">Y</option>
  </select>
  <button name="go" value="1">Go</button>
</form>
<p>after</p>"""
ACTION = "/ask"
FIELDS = (
    ("about", "7"),
    ("title", '"><script>'),
    ("title", "second"),
    ("note", "\nI wrote </textarea> <b>\nthis"),
    ("days", "tue"),
    ("kind", "b"),
    ("agree", "on"),
    ("who", "y"),
)


def fill(page: str = PAGE, fields: tuple[tuple[str, str], ...] = FIELDS) -> str | None:
    return refilled(page, action=ACTION, fields=fields, note="<p>note</p>", extra="<extra>")


def test_everything_is_where_it_was_written() -> None:
    page = fill()
    assert page is not None
    for part in (
        '<p>note</p><form class="stack" method="post" action="/ask?x=1&amp;y=2"><extra>',
        '<input name="title" value="&quot;&gt;&lt;script&gt;" required="">',
        '<input type="search" name="title" value="second">',
        '<textarea name="note" rows="2">\n\nI wrote &lt;/textarea&gt; &lt;b&gt;\nthis</textarea>',
        '<input type="checkbox" name="days" value="mon"> <input type="checkbox" name="days" value="tue" checked="">',
        '<input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked="">',
        '<input type="checkbox" name="agree" checked="">',
        '<option value="">nobody</option><option value="x">X</option><option value="y" selected="">',
        '<input type="hidden" name="csrf_token" value="new"><input type="hidden" name="about" value="7">',
        '<form action="/q" method="get"><input name="note" value="other"></form>',
        '<button name="go" value="1">Go</button>\n</form>\n<p>after</p>',
    ):
        assert part in page, part
    assert page.startswith("<h1>A &amp; B</h1>\n")


def test_what_was_not_ticked_is_not_ticked() -> None:
    page = fill(fields=(("note", "x"),))
    assert page is not None
    assert "checked" not in page
    assert "selected" not in page


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>no form</p>",
        PAGE.replace("/ask", "/other"),
        PAGE.replace('value="7"', 'value="8"'),
        PAGE.replace('name="note" rows', 'name="text" rows'),
        PAGE.replace('method="post"', ""),
    ],
)
def test_another_form_is_not_filled(page: str) -> None:
    assert fill(page) is None


def test_a_form_that_names_no_address_is_sent_to_its_own_page() -> None:
    page = PAGE.replace(' action="/ask?x=1&amp;y=2"', "")
    assert fill(page) is None
    assert refilled(page, action="", fields=FIELDS, note="", extra="") is not None


def test_the_one_of_several_that_it_was() -> None:
    other = PAGE.replace('value="7"', 'value="8"')
    page = fill(other + PAGE)
    assert page is not None
    assert page.startswith(other[: other.index("</p>")])
    assert "I wrote" in page
