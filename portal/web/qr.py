"""QR codes on pages."""

from markupsafe import Markup
from segno import consts
from segno import make as make_qr


def qr_picture(text: str, correction: str = "l") -> Markup:
    """Return a QR code as SVG that is as wide as its place; ``correction`` is its error correction level, l to h."""
    code = make_qr(text, error=correction, boost_error=False)
    picture = code.svg_inline(border=4, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return Markup(picture)  # noqa: S704 -- made from the text by segno


def health_card_picture(digits: str) -> Markup:
    """Return the QR code of a health card: ``shc:/`` as bytes, then the digits as digits, so that it stays small.

    Source: HL7 SMART Health Cards and Links IG, STU 1, "Creating a QR code".
    """
    parts = [("shc:/", consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)]
    code = make_qr(parts, error="l", boost_error=False)  # type: ignore[arg-type]  # its stubs know no parts
    picture = code.svg_inline(border=4, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return Markup(picture)  # noqa: S704 -- made from digits by segno
