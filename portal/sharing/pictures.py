"""The QR code in a picture: of a phone's screen, of a printed sheet."""

import io
from functools import cache
from importlib import import_module

from PIL import Image

_LARGEST = 8192 * 8192  # pixels; beyond, a small file may fill the memory
_SIDE = 2400  # pixels that are enough to read a code
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


@cache
def can_read() -> bool:
    """Tell whether the extra ``scan`` is installed."""
    try:
        import_module("zxingcpp")
    except ImportError:
        return False
    return True


def codes_in(content: bytes) -> tuple[str, ...]:
    """Return the texts of the QR codes in a picture; none where it is no picture. Needs ``can_read``."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as original:
            if original.width * original.height > _LARGEST:
                return ()
            picture = original.convert("L")
    except Exception:  # noqa: BLE001 -- whatever a decoder meets in a broken file is no picture to us
        return ()
    picture.thumbnail((_SIDE, _SIDE))
    zxing = import_module("zxingcpp")
    return tuple(code.text for code in zxing.read_barcodes(picture, formats=zxing.BarcodeFormat.QRCode))
