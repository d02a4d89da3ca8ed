"""XML that means harm, or that is broken: each ends in a stable code, within its limits."""

import tracemalloc
from pathlib import Path

import pytest

from portal.domain.errors import InvalidInputError
from portal.normalise.ccda import clinical_document
from portal.normalise.ccda.markup import DEEPEST, MOST_BYTES, MOST_ELEMENTS
from tests.unit.normalise.ccda.documents import document, section

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def code_of(raw: bytes) -> str:
    with pytest.raises(InvalidInputError) as refused:
        clinical_document(raw)
    return refused.value.code


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS + "<ClinicalDocument>&i;</ClinicalDocument>",
        LAUGHS + "<ClinicalDocument title='&i;'/>",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument><title>&e;</title></ClinicalDocument>',
        '<!DOCTYPE x SYSTEM "http://169.254.169.254/x.dtd"><ClinicalDocument/>',
        '<!DOCTYPE x PUBLIC "-//x//" "http://127.0.0.1:1/x.dtd"><ClinicalDocument/>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p">%p;]><ClinicalDocument/>',
        "<!DOCTYPE ClinicalDocument><ClinicalDocument/>",
    ],
    ids=["laughs", "laughs in an attribute", "file", "address", "public", "parameter", "only declared"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_ends_the_reading(text: str, encoding: str) -> None:
    assert code_of(text.encode(encoding)) == "xml-doctype"


def test_nothing_is_included(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    text = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{secret.as_uri()}' parse='text'/>"
    summary = clinical_document(document(section("Plan", text)).encode())
    assert summary is not None
    assert summary.sections[0].blocks == ()


def test_too_deep() -> None:
    around = "<a>" * (DEEPEST + 1)
    assert code_of(f"<ClinicalDocument>{around}".encode()) == "xml-too-large"
    assert code_of(b"<a>" * 1_000_000) == "xml-too-large"


def test_too_many_elements() -> None:
    many = "<br/>" * MOST_ELEMENTS
    assert code_of(document(section("Plan", many)).encode()) == "xml-too-large"


def test_fifty_megabytes_are_not_even_read() -> None:
    raw = b"<a>" + b"x" * 50_000_000 + b"</a>"
    assert len(raw) > MOST_BYTES
    tracemalloc.start()
    assert code_of(raw) == "xml-too-large"
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_too_many_attributes() -> None:
    attributes = " ".join(f'a{number}="x"' for number in range(50_000))
    assert code_of(f"<ClinicalDocument {attributes}/>".encode()) == "xml-too-large"


def test_many_namespaces() -> None:
    spaces = " ".join(f'xmlns:a{number}="urn:{number}"' for number in range(20_000))
    summary = clinical_document(f"<ClinicalDocument {spaces}><title>T</title></ClinicalDocument>".encode())
    assert summary is not None
    assert summary.title == "T"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   ",
        b"no XML at all",
        b"{\\rtf1 hello}",
        b"<ClinicalDocument>",
        b"<ClinicalDocument></Other>",
        b"<ClinicalDocument>&undeclared;</ClinicalDocument>",
        b"<ClinicalDocument/><ClinicalDocument/>",
        b"<ClinicalDocument>\x00</ClinicalDocument>",
        b"<?xml version='1.0' encoding='nonsense'?><a b=c></a>",
        b"\xff\xfe<\x00",
        bytes(range(256)),
    ],
)
def test_what_is_broken_is_named_so(raw: bytes) -> None:
    assert code_of(raw) == "xml-broken"


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("UTF-8", "cp1252"),
        ("us-ascii", "cp1252"),
        ("nonsense", "cp1252"),
    ],
)
def test_what_is_said_about_the_character_set_may_be_wrong(said: str, encoding: str) -> None:
    text = document(section("Plan", "Señora Ibáñez")).replace('encoding="UTF-8"', f'encoding="{said}"')
    summary = clinical_document(text.encode(encoding))
    assert summary is not None
    assert summary.sections[0].blocks[0].text == "Señora Ibáñez"  # type: ignore[union-attr]
