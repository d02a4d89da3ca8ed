"""Lists that are read again by themselves, once a day: asked for with their ETag, through the guarded transport.

A list that is broken, cannot be reached, or has lost most of its entries changes nothing; its outcome says why.
"""

import structlog

from portal.directory.formats import Parsed, read_bytes
from portal.directory.importing import import_entries
from portal.domain.errors import InvalidInputError, OutsideError
from portal.fhir.limits import Limits
from portal.fhir.transport import open_client
from portal.services import Services
from portal.store.directory import entries
from portal.store.directory.entries import SourceSummary

LIMITS = Limits(total_seconds=300.0, answer_bytes=192 * 1024 * 1024)
"""The largest published list (Epic's brands) has some 90 MB; there is time for it on a slow line."""
_ACCEPT = "application/fhir+json, application/json, application/x-ndjson, application/fhir+ndjson"
_LONGEST_ETAG = 200
_FEWER = 0.5  # of the entries read before: an edition with fewer is taken for a broken one
_FEW = 20  # entries: below, a list may shrink as it likes

_log = structlog.get_logger()


def reread(services: Services, *, limits: Limits = LIMITS) -> dict[str, str]:
    """Read every configured list again.

    Returns: of each source how it ended: "imported", "unchanged" (304), or why not: "broken", "shrunk", "http-404", or
        the code of an ``OutsideError``.
    """
    with services.db.reading() as tx:
        sources = entries.sources(tx)
    return {source.source: _reread(services, source, limits) for source in sources}


def _reread(services: Services, source: SourceSummary, limits: Limits) -> str:
    etag = source.etag
    try:
        outcome, etag = _fetch(services, source, limits)
    except OutsideError as error:
        outcome = error.code
    except InvalidInputError:
        outcome = "broken"
    with services.db.transaction() as tx:
        entries.note_source(tx, source=source.source, etag=etag, outcome=outcome)
    _log.info("directory.source", source=source.source, outcome=outcome)
    return outcome


def _fetch(services: Services, source: SourceSummary, limits: Limits) -> tuple[str, str]:
    """Outcome, and the ETag to ask with next time."""
    headers = {"Accept": _ACCEPT} | ({"If-None-Match": source.etag} if source.etag else {})
    with open_client(egress=services.settings.egress, limits=limits) as http:
        answer = http.get(source.address, headers=headers)
    if answer.status_code == 304:
        return "unchanged", source.etag
    if answer.status_code != 200:
        return f"http-{answer.status_code}", source.etag
    parsed = list(read_bytes(answer.content, source.source))
    if _has_shrunk(services, source, parsed):
        return "shrunk", source.etag
    import_entries(services.db, parsed, source=source.source)
    etag = answer.headers.get("ETag", "")
    return "imported", etag if len(etag) <= _LONGEST_ETAG else ""


def _has_shrunk(services: Services, source: SourceSummary, parsed: list[Parsed]) -> bool:
    with services.db.reading() as tx:
        before = len(entries.hashes(tx, source=source.source))
    return before > _FEW and sum(not isinstance(item, str) for item in parsed) < before * _FEWER
