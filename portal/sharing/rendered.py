"""A summary as a page to be read: HTML of its own, a PDF/UA of it where WeasyPrint is installed, and plain text.

Everything that goes along is on it: each source's statement, who and what they refer to, and where it all comes from.
Source: ISO 14289-1 (PDF/UA-1); WCAG 2.2.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from markupsafe import Markup
from PIL import ImageFile

from portal.sharing import narrative
from portal.sharing.narrative import ToldLine
from portal.sharing.summary import SECTIONS, SummaryContent

_STYLE = Markup("""
@page { size: letter; margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt } }
body { font: 11pt/1.4 "DejaVu Sans", sans-serif; color: #000 }
h1 { font-size: 18pt; margin: 0 0 4mm } h2 { font-size: 13pt; margin: 6mm 0 2mm; break-after: avoid }
ul { margin: 0; padding-left: 5mm } li { margin-bottom: 1mm; break-inside: avoid } .words { white-space: pre-wrap }
""")


MOST_ROWS = 1000
"""Rows of a summary of which a PDF is made: laying out more takes longer than somebody waits for."""


@cache
def can_make_pdf() -> bool:
    """Tell whether the extra ``pdf`` is installed, and Pango with it."""
    try:
        _weasyprint()
    except (ImportError, OSError):
        return False
    return True


def _weasyprint() -> Any:
    """Return the library. It makes Pillow take cut-off pictures for whole ones, in all of the process: not with us."""
    library = import_module("weasyprint")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return library


def can_make_pdf_of(summary: SummaryContent) -> bool:
    return can_make_pdf() and sum(len(content.rows) for content in summary.sections.values()) <= MOST_ROWS


def page(summary: SummaryContent) -> str:
    """Return the whole summary as one page of HTML."""
    return document(_title(summary), Markup("").join(_body(summary)))


def text(summary: SummaryContent) -> str:
    """Return the whole summary as plain text."""
    return "\n".join(_text(summary)) + "\n"


def story_page(summary: SummaryContent, words: str) -> str:
    """Return a page with what the person wrote, in their own words."""
    body = Markup("<h1>{}</h1><p>{}</p><p class=words>{}</p>").format(
        "In my own words", _who(summary), words.replace("\r\n", "\n")
    )
    return document("In my own words", body)


def pdf(html: str) -> bytes:
    """Return a page as PDF/UA-1; nothing is fetched for it. Needs ``can_make_pdf``."""
    content: bytes = _weasyprint().HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(pdf_variant="pdf/ua-1")
    return content


def _fetch_nothing(*_args: Any, **_more: Any) -> dict[str, Any]:
    raise ValueError("nothing is fetched")  # the text is of others: an address in it is never followed


def document(title: str, body: Markup, *, language: str = "en") -> str:
    """Return a page of its own, for ``pdf``."""
    head = Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head>'
    )
    return str(Markup("{}<body>{}</body></html>").format(head.format(language, title, _STYLE), body))


def _title(summary: SummaryContent) -> str:
    return f"Health summary of {summary.person.display or 'a patient'}"


def _who(summary: SummaryContent) -> str:
    person = summary.person
    born = f", born {narrative.day(person.birth_date)}" if person.birth_date else ""
    sex = f", {person.sex}" if person.sex else ""
    return f"{person.display or 'Name not given'}{born}{sex}"


def _body(summary: SummaryContent) -> Iterator[Markup]:
    yield Markup("<h1>{}</h1>").format(_title(summary))
    yield Markup("<p>{}</p>").format(_who(summary))
    yield Markup("<p>{}</p>").format(_made(summary))
    for section in SECTIONS:
        content = summary.sections[section.code]
        if content.shared:
            yield Markup("<h2>{}</h2>").format(section.title)
            yield Markup("").join(
                Markup("<p>{}</p>").format(line) for line in narrative.before(section, content, summary)
            )
            # A list: laying out a table of it takes three times as long.
            told = [
                Markup("<li><b>{}</b>{}</li>").format(line.title, _rest(line))
                for line in narrative.lines(content, summary)
            ]
            yield Markup("<ul>{}</ul>").format(Markup("").join(told)) if told else Markup("")
            yield _paragraphs(narrative.after(content))
    named = tuple(_named(summary))
    if named:
        yield Markup("<h2>{}</h2><ul>{}</ul>").format(
            "Clinicians, places and products named above",
            Markup("").join(Markup("<li>{}</li>").format(line) for line in named),
        )
    yield Markup("<h2>{}</h2><ul>{}</ul>").format(
        "Where it comes from",
        Markup("").join(Markup("<li>{}</li>").format(line) for line in _sources(summary)),
    )


def _paragraphs(sentences: Iterator[str]) -> Markup:
    return Markup("").join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)


def _text(summary: SummaryContent) -> Iterator[str]:
    yield _title(summary)
    yield _who(summary)
    yield _made(summary)
    for section in SECTIONS:
        content = summary.sections[section.code]
        if content.shared:
            yield from ("", section.title.upper(), *narrative.before(section, content, summary))
            yield from (f"- {line.title}{_rest(line)}" for line in narrative.lines(content, summary))
            yield from narrative.after(content)
    yield from ("", "WHERE IT COMES FROM", *(f"- {line}" for line in _sources(summary)))


def _made(summary: SummaryContent) -> str:
    day = narrative.day(summary.moment.date().isoformat())
    whose = "The patient, or who acts for them, chose what is in it."
    return f"Made on {day} by the patient portal of {summary.organization}. {whose}"


def _rest(line: ToldLine) -> str:
    """Return what is said after the title of a line."""
    day = f" ({line.day})" if line.day else ""
    return f"{day}: {line.details}. Source: {line.sources}" if line.details else f"{day}. Source: {line.sources}"


def _named(summary: SummaryContent) -> Iterator[str]:
    lines = (f"{body['resourceType']}: {_name(body)}" for _id, body in summary.supporting.values())
    yield from dict.fromkeys(lines)


def _name(body: Any) -> str:
    """Return how a clinician, a place or a product is called."""
    name = body.get("name")
    if isinstance(name, str):
        return name
    first = name[0] if isinstance(name, list) and name and isinstance(name[0], dict) else {}
    words = first.get("text") or " ".join([*map(str, first.get("given") or ()), str(first.get("family") or "")]).strip()
    code = body.get("code") or body.get("type") or {}
    code = code[0] if isinstance(code, list) and code else code
    coding = code.get("coding") if isinstance(code, dict) else None
    display = coding[0].get("display") if isinstance(coding, list) and coding and isinstance(coding[0], dict) else ""
    told = body.get("practitioner") or body.get("organization") or {}
    shown = told.get("display") if isinstance(told, dict) else ""
    return str(words or (code.get("text") if isinstance(code, dict) else "") or display or shown or "without a name")


def _sources(summary: SummaryContent) -> Iterator[str]:
    for source in summary.sources.values():
        when = narrative.day((source.as_of or summary.moment).date().isoformat())
        yield f"{source.name}, as of {when}"
    if summary.left_out:
        yield f"{summary.left_out} received items could not be shown and are not in it"
