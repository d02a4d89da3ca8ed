"""Pictures from outside: drawn anew and small, or refused."""

import io
import zlib

import pytest
from PIL import Image, PngImagePlugin

from portal.directory.logos import SIDE, redrawn
from portal.domain.errors import BadAnswerError
from portal.sharing import rendered


def _picture(kind: str, size: tuple[int, int] = (640, 200), **options: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (10, 90, 160)).save(made, kind, **options)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_becomes_a_small_png_of_the_same_shape(kind: str) -> None:
    with Image.open(io.BytesIO(redrawn(_picture(kind)))) as small:
        assert (small.format, small.size) == ("PNG", (SIDE, 30))
        red, green, blue, opaque = small.convert("RGBA").getpixel((40, 15))  # type: ignore[misc]
    assert abs(red - 10) + abs(green - 90) + abs(blue - 160) < 20
    assert opaque == 255


def test_nothing_of_the_original_file_stays_in_it() -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "<script>alert(1)</script>")
    assert b"script" not in redrawn(_picture("PNG", pnginfo=said))


def _bomb(side: int) -> bytes:
    """A PNG that says it has ``side`` x ``side`` pixels, in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-a-picture"),
        (b"<html>Sign in</html>", "not-a-picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not-a-picture"),
        (_picture("PNG")[:60], "not-a-picture"),
        (_picture("BMP"), "not-a-picture"),
        (_bomb(5_000), "picture-too-large"),
        (_bomb(60_000), "not-a-picture"),  # the library's own limit
        (_bomb(100), "not-a-picture"),  # too little data for its size
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BadAnswerError) as refused:
        redrawn(data)
    assert refused.value.code == code


def test_making_pdfs_lets_no_cut_off_picture_in() -> None:
    """WeasyPrint tells Pillow, for the whole process, to take what there is of a picture."""
    rendered.can_make_pdf.cache_clear()
    rendered.can_make_pdf()
    with pytest.raises(BadAnswerError):
        redrawn(_bomb(100))
