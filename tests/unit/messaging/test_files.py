"""Files of messages are looked at by their content: what is not a harmless picture or PDF is refused, saying why."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.domain.errors import InvalidInputError
from portal.messaging.files import MOST_BYTES, checked


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 1, height: int = 1) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int = 1, height: int = 1) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xda\x00\x02x\xff\xd9"


def pdf(*objects: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" + b"\n".join(objects) + b"\nstartxref\n0\n%%EOF\n"


def stream(data: bytes, kind: bytes = b"/FlateDecode") -> bytes:
    return b"2 0 obj<</Filter" + kind + b">>\nstream\n" + zlib.compress(data, 9) + b"\nendstream endobj"


def office(*names: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"), [(png(), "image/png"), (jpeg(), "image/jpeg"), (pdf(stream(b"text")), "application/pdf")]
)
def test_pictures_and_documents_are_taken(content: bytes, kind: str) -> None:
    assert checked(content) == kind
    assert checked(content, declared=f"{kind}; charset=x", size=len(content)) == kind
    assert checked(content, declared="application/octet-stream") == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (png() + b"\0" * MOST_BYTES, "file-too-large"),
        (b"just a text", "file-type"),
        (b"MZ\x90\x00 a program", "file-type"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'><script>1</script></svg>", "file-script"),
        (b"<!DOCTYPE html><html></html>", "file-script"),
        (office("word/document.xml", "word/vbaProject.bin"), "file-macros"),
        (office("word/document.xml"), "file-packed"),
        (b"\xd0\xcf\x11\xe0" + "_VBA_PROJECT".encode("utf-16-le"), "file-macros"),
        (b"\x1f\x8b\x08" + b"\0" * 40, "file-packed"),
        (png()[:-4], "file-broken"),
        (png(60_000, 60_000), "file-unpacks"),
        (jpeg(60_000, 60_000), "file-unpacks"),
        (jpeg()[:-2], "file-broken"),
        (pdf()[:-8], "file-broken"),
        (pdf(b"3 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj"), "file-macros"),
        (pdf(b"3 0 obj<</S/#4aavaScript>>endobj"), "file-macros"),  # a name may be written with escapes
        (pdf(b"3 0 obj<</S/Launch/F(cmd.exe)>>endobj"), "file-macros"),
        (pdf(stream(b"<</S/JavaScript>>", b"/FlateDecode/Type/ObjStm")), "file-macros"),  # hidden in an object stream
        (pdf(stream(b"<</S/JavaScript>>", b"/FlateDecode/Type/Obj#53tm")), "file-macros"),
        (pdf(stream(b"<</S/JavaScript>>", b"/FlateDecode/Type/ObjStm/X(" + b"x" * 900 + b")")), "file-macros"),
        (
            pdf(stream(b"3C3C2F532F4A6176615363726970743E3E>", b"[/FlateDecode/ASCIIHexDecode]/Type/ObjStm")),
            "file-macros",
        ),
        (pdf(b"2 0 obj<</Type/ObjStm/Filter/LZWDecode>>\nstream\n\x80\x0b\nendstream endobj"), "file-macros"),
        (pdf(b"2 0 obj<</Type/ObjStm>>\nstream\n1 0 <</S/JavaScript>>\nendstream endobj"), "file-macros"),
        (pdf(b"2 0 obj<<>>\nstream\n3 0 obj<</S/JavaScript/JS(1)>>endobj\nendstream endobj"), "file-macros"),
        (pdf(stream(b"\0" * 70_000_000)), "file-unpacks"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_harm_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked(content)
    assert refused.value.code == code


def test_a_file_is_what_it_says() -> None:
    with pytest.raises(InvalidInputError, match="file-other"):
        checked(png(), declared="application/pdf")
    with pytest.raises(InvalidInputError, match="file-length"):
        checked(png(), size=len(png()) + 1)
