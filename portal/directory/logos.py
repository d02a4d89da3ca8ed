"""Logos of organizations: fetched by us through the guarded transport, drawn anew and small, and served from here.

A browser never asks the organization for its logo: that would tell it who looks at its name, and when. What cannot be
had or read stands as the organization's initials; it is tried again after a month.
"""

import io
import time

import structlog
from PIL import Image

from portal.domain.errors import BadAnswerError, OutsideError
from portal.fhir.limits import Limits
from portal.fhir.transport import open_client
from portal.services import Services
from portal.store.directory import logos

LIMITS = Limits(total_seconds=15.0, idle_seconds=5.0, answer_bytes=1024 * 1024)
A_NIGHT = 400  # logos that one run asks for at most, and
A_WHILE = 15 * 60.0  # seconds that it may take: many slow servers must not outlast the job's own limit
SIDE = 96  # pixels: twice what the pages show
_LARGEST = 4096 * 4096  # pixels of the original; beyond, a small file may fill the memory
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
"""No SVG: it is a program as much as a picture, and drawing it needs a renderer."""

_log = structlog.get_logger()


def fetch(services: Services, *, most: int = A_NIGHT, limits: Limits = LIMITS) -> int:
    """Ask for the logos that are due; gives how many came. Linked and suggested organizations are first."""
    with services.db.reading() as tx:
        due = logos.due(tx, limit=most)
    came = 0
    until = time.monotonic() + A_WHILE
    with open_client(egress=services.settings.egress.to_others(), limits=limits) as http:
        for organization_id, address in due:
            if time.monotonic() > until:
                break
            picture, problem = b"", ""
            try:
                answer = http.get(address, headers={"Accept": "image/png, image/webp, image/jpeg, image/gif"})
                if answer.status_code != 200:
                    raise BadAnswerError(f"http-{answer.status_code}")
                picture = redrawn(answer.content)
            except OutsideError as error:
                problem = error.code
            with services.db.transaction() as tx:
                logos.put(tx, organization_id=organization_id, address=address, body=picture)
            came += bool(picture)
            _log.info("directory.logo", organization=organization_id, problem=problem or None)
    return came


def redrawn(data: bytes) -> bytes:
    """Return a picture as a PNG of at most ``SIDE`` pixels a side, with nothing of the original file in it.

    Raises:
        BadAnswerError: "not-a-picture"; "picture-too-large".
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as original:
            picture = None if original.width * original.height > _LARGEST else original.convert("RGBA")
    except Exception as error:  # whatever a decoder meets in a broken file: it must not stop the others every night
        raise BadAnswerError("not-a-picture") from error
    if picture is None:
        raise BadAnswerError("picture-too-large")
    picture.thumbnail((SIDE, SIDE))
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()
