"""A page's form filled again with what somebody had written in it. Pure: from HTML of our own templates to HTML."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

_UNTOUCHED = frozenset({"submit", "button", "image", "reset", "file", "password", "hidden"})
_CHOICES = frozenset({"checkbox", "radio"})
_Attributes = Mapping[str, str | None]


@dataclass(slots=True)
class _Control:
    """A tag that holds what was written; ``name`` of an option is its select's. Offsets into the page."""

    tag: str
    name: str
    attributes: _Attributes
    start: int
    end: int
    closes: int = 0  # of a text area: where its text ends


@dataclass(slots=True)
class _PageForm:
    action: str
    end: int  # of its first tag
    start: int
    controls: list[_Control] = field(default_factory=list)


def refilled(page: str, *, action: str, fields: Sequence[tuple[str, str]], note: str, extra: str) -> str | None:
    """Return the page with its form to ``action`` filled, ``note`` before that form and ``extra`` first in it (HTML).

    ``action`` is a path, or "" for the page's own, which a form need not name. None where the page has no such form, or
    that form is about something else: its hidden fields are others, or it lacks one that was written in.
    """
    written: dict[str, list[str]] = defaultdict(list)
    for name, text in fields:
        written[name].append(text)
    parser = _Parser(page)
    form = next((form for form in parser.forms if urlsplit(form.action).path == action and _fits(form, written)), None)
    if form is None:
        return None
    edits = [(form.start, form.start, note), (form.end, form.end, extra), *_edits(form, written)]
    pieces, last = [], 0
    for start, end, text in sorted(edits, key=lambda edit: edit[0]):
        pieces += [page[last:start], text]
        last = end
    return "".join([*pieces, page[last:]])


def _fits(form: _PageForm, written: Mapping[str, list[str]]) -> bool:
    hidden = [control for control in form.controls if control.attributes.get("type") == "hidden"]
    same = all(
        (control.attributes.get("value") or "") in written[control.name]
        for control in hidden
        if control.name in written
    )
    return same and written.keys() <= {control.name for control in form.controls}


def _edits(form: _PageForm, written: Mapping[str, list[str]]) -> Iterable[tuple[int, int, str]]:
    texts = {name: iter(values) for name, values in written.items()}
    for control in form.controls:
        kind = (control.attributes.get("type") or "text").lower() if control.tag == "input" else control.tag
        value = control.attributes.get("value")
        if kind in _CHOICES or kind == "option":
            mark = "selected" if kind == "option" else "checked"
            is_chosen = ("on" if value is None and kind != "option" else value) in written.get(control.name, ())
            yield control.start, control.end, _tag(control, {mark: "" if is_chosen else None})
        elif kind == "textarea" and control.name in texts:
            yield control.end, control.closes, "\n" + escape(next(texts[control.name], ""))
        elif control.tag == "input" and kind not in _UNTOUCHED and control.name in texts:
            yield control.start, control.end, _tag(control, {"value": next(texts[control.name], "")})


def _tag(control: _Control, changes: Mapping[str, str | None]) -> str:
    """Return the tag with other attributes; None takes one away."""
    before = {name: value or "" for name, value in control.attributes.items()}
    attributes = {name: value for name, value in {**before, **changes}.items() if value is not None}
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{control.tag} {written}>"


class _Parser(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[_PageForm] = []
        self._form: _PageForm | None = None
        self._select = ""
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(page)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes, start = dict(attrs), self._offset()
        end = start + len(self.get_starttag_text() or "")
        name = attributes.get("name") or ""
        if tag == "form":
            is_post = (attributes.get("method") or "").lower() == "post"
            self._form = _PageForm(attributes.get("action") or "", end, start) if is_post else None
            self.forms += [self._form] if self._form else []
        elif self._form is None:
            return
        elif tag == "option":
            self._form.controls.append(_Control(tag, self._select, attributes, start, end))
        elif tag in ("input", "textarea", "select", "button") and name:
            self._select = name if tag == "select" else self._select
            self._form.controls.append(_Control(tag, name, attributes, start, end))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._form and self._form.controls:
            self._form.controls[-1].closes = self._offset()
