"""QR codes on pages."""

from markupsafe import Markup
from segno import make as make_qr


def qr_picture(text: str, correction: str = "l") -> Markup:
    """Return a QR code as SVG that is as wide as its place; ``correction`` is its error correction level, l to h."""
    code = make_qr(text, error=correction, boost_error=False)
    picture = code.svg_inline(border=4, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return Markup(picture)  # noqa: S704 -- made from the text by segno
