"""A clinical document as a person reads it: its heading and the text of its sections. Pure; nothing here is markup."""

from dataclasses import dataclass

from portal.domain.people import Person


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line feeds are line ends."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. What stands inside an item (paragraphs, lists, tables) is in it as further lines."""

    entries: tuple[str, ...]
    ordered: bool = False
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, whether it heads its row or column, and how many columns and rows it spans."""

    text: str
    heading: bool = False
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows of headings, and the others with those of the foot last."""

    caption: str
    head: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]


Block = Paragraph | Listing | Table


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A section. ``level`` is 1 at the top.

    ``struck``: its author struck parts of the text out, which are left out here. ``cut``: the end of it is left out,
    because the document is longer than what is shown.
    """

    title: str
    level: int
    blocks: tuple[Block, ...]
    struck: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The file that a document without sections is an envelope of. ``data`` is base64, as written."""

    content_type: str
    data: str


@dataclass(frozen=True, slots=True)
class ClinicalDocument:
    """A CDA document. ``date`` is a FHIR date, ``identifier`` "root^extension", ``code`` and ``system`` as in FHIR.

    ``language`` as the document says it ("en-US"), ``confidentiality`` the code of HL7 v3 Confidentiality.
    """

    title: str
    date: str | None
    identifier: str
    code: str
    kind: str
    language: str
    confidentiality: str
    patients: tuple[Person, ...]
    authors: tuple[str, ...]
    custodian: str
    sections: tuple[DocumentSection, ...]
    enclosed: Enclosed | None = None
