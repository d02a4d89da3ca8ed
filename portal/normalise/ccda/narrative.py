"""The narrative of a section (CDA R2 ``StrucDocText``) as paragraphs, lists and tables of plain text.

What some write as XHTML instead (``p``, ``ul``, ``div``) is read as what it means. Pictures and links are their text.
"""

from portal.domain.clinical_document import Block, Cell, Listing, Paragraph, Table
from portal.normalise.ccda.markup import Element, children, name_of
from portal.normalise.elements import paragraph

_LISTS = ("list", "ul", "ol")
_ITEMS = ("item", "li")
_PARAGRAPHS = ("paragraph", "p", "div", "title", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dl", "dt", "dd")
_BLOCKS = frozenset((*_LISTS, *_ITEMS, *_PARAGRAPHS, "table", "tr", "caption", "thead", "tbody", "tfoot"))
_INNER = tuple(f"{{*}}{name}" for name in (*_LISTS, "table"))
_CELLS = ("td", "th")
_UNSEEN = frozenset(("script", "style", "col", "colgroup"))
_BULLET = "• "
_WIDEST = 1000  # columns or rows that HTML lets a cell span


class NarrativeReader:
    """Reads the text of one document, up to ``left`` characters. ``struck``: something was struck out by its author."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.cut = self.struck = False

    def blocks(self, element: Element) -> tuple[Block, ...]:
        """Return what stands in an element, block by block, in its order."""
        blocks: list[Block] = []
        running = [element.text or ""]
        for part in element:
            name = name_of(part)
            if name in _LISTS or name == "table" or self._holds_blocks(part):
                self._flush(running, blocks)
                blocks += self._block(part, name)
            elif name in _PARAGRAPHS:
                self._flush(running, blocks)
                self._flush([self._written(part)], blocks)
            else:
                running.append(self._written(part))
            running.append(part.tail or "")
        self._flush(running, blocks)
        return tuple(blocks)

    def _block(self, part: Element, name: str) -> tuple[Block, ...]:
        if self._is_struck(part):
            return ()
        if name == "table":
            return self._table(part)
        if name in _LISTS:
            return self._listing(part)
        return self.blocks(part)

    @staticmethod
    def _holds_blocks(part: Element) -> bool:
        """Tell whether lists or tables stand in something that itself is none: a paragraph, content, a div."""
        return next(part.iterdescendants(*_INNER), None) is not None

    def _listing(self, element: Element) -> tuple[Block, ...]:
        ordered = name_of(element) == "ol" or element.get("listType") == "ordered"
        caption = " ".join(self._fitting(self._written(part)) for part in children(element, "caption"))
        entries = [self._fitting(self._written(part)) for part in children(element, *_ITEMS)]
        entries = [entry for entry in entries if entry]
        return (Listing(tuple(entries), ordered, caption),) if entries or caption else ()

    def _table(self, element: Element) -> tuple[Block, ...]:
        caption = " ".join(self._fitting(self._written(part)) for part in children(element, "caption"))
        head = self._rows(element, "thead")
        body = [self._row(row) for row in children(element, "tr")]
        rows = (*body, *self._rows(element, "tbody"), *self._rows(element, "tfoot"))
        rows = tuple(row for row in rows if any(cell.text for cell in row))
        return (Table(caption, head, rows),) if head or rows or caption else ()

    def _rows(self, table: Element, part: str) -> tuple[tuple[Cell, ...], ...]:
        return tuple(self._row(row) for group in children(table, part) for row in children(group, "tr"))

    def _row(self, row: Element) -> tuple[Cell, ...]:
        if self._is_struck(row):
            return ()
        return tuple(
            Cell(
                self._fitting(self._written(cell)),
                heading=name_of(cell) == "th",
                columns=_span(cell.get("colspan")),
                rows=_span(cell.get("rowspan")),
            )
            for cell in children(row, *_CELLS)
        )

    def _written(self, element: Element) -> str:
        """Return the text of an element; lists, rows and paragraphs inside begin lines of their own."""
        if self._is_struck(element) or name_of(element) in _UNSEEN:
            return ""
        if name_of(element) == "br":
            return "\n"
        parts = [_flat(element.text)]
        for part in element:
            name = name_of(part)
            text = self._written(part)
            if name in _ITEMS and text.strip():
                text = f"\n{_BULLET}{text.strip()}\n"
            elif name in _BLOCKS:
                text = f"\n{text}\n"
            elif name in _CELLS:
                text = f"{text.strip()}  "
            parts += [text, _flat(part.tail)]
        return "".join(parts)

    def _is_struck(self, element: Element) -> bool:
        if element.get("revised") != "delete":
            return False
        self.struck = True
        return True

    def _flush(self, running: list[str], blocks: list[Block]) -> None:
        text = self._fitting("".join(running))
        running.clear()
        if text:
            blocks.append(Paragraph(text))

    def _fitting(self, text: str) -> str:
        """Return the text for the eye, as long as there is room for it; what is cut ends in an ellipsis."""
        lines = "\n".join(filter(None, (" ".join(part.split()) for part in text.split("\n"))))
        whole = paragraph(lines, len(lines) + 1)
        fitting = paragraph(whole, self.left) if self.left else ""
        self.cut = self.cut or fitting != whole
        self.left -= len(fitting)
        return fitting


def _flat(text: str | None) -> str:
    return (text or "").replace("\r", " ").replace("\n", " ")


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _WIDEST) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 1
