"""What proves to somebody outside that an event is in the trail: its leaf, the path to a root, and a signed root.

Whoever checks it needs SHA-256 and the instance's public keys (``/oauth/jwks``), and neither this program nor the
database (RFC 6962, 2.1.1; RFC 7515).
"""

import msgspec

from portal.audit import merkle
from portal.audit.chain import leaf_content
from portal.domain.errors import NotFoundError
from portal.store import Tx
from portal.store.audit import segments


class Root(msgspec.Struct, frozen=True):
    """What is signed: a segment's root. ``iss`` is the instance's address, ``iat`` seconds since 1970."""

    iss: str
    iat: int
    segment: int
    last_seq: int
    size: int
    root: str  # hex


class EventProof(msgspec.Struct, frozen=True):
    """``event`` is the very text that was hashed; ``signed_root`` a compact JWS over ``Root``; ``path`` in hex."""

    event: str
    index: int
    path: tuple[str, ...]
    signed_root: str = ""


def receipt(tx: Tx, *, seq: int, issuer: str) -> tuple[EventProof, Root]:
    """Return the proof for one event, still to be signed, and the root that is to be signed.

    Raises:
        NotFoundError: there is no such event, it is not sealed yet, or it was removed after its time.
    """
    event = next(segments.events(tx, after=seq - 1, until=seq), None)
    segment = segments.holding(tx, seq=seq)
    place = [sealed for sealed, _ in segment.leaves].index(seq) if segment and event and segment.leaves else None
    if event is None or segment is None or place is None:
        raise NotFoundError(hint="there is no such event, or it is not sealed yet: that takes up to a minute")
    path = merkle.path([leaf for _, leaf in segment.leaves], place)
    root = Root(
        issuer, int(segment.sealed_at.timestamp()), segment.number, segment.last_seq, segment.size, segment.root.hex()
    )
    return EventProof(leaf_content(event).decode(), place, tuple(step.hex() for step in path)), root


def proves(receipt: EventProof, root: Root) -> bool:
    """Tell whether the event is one of those that the root (its signature checked before) is of."""
    try:
        path = [bytes.fromhex(step) for step in receipt.path]
    except ValueError:
        return False
    leaf = merkle.leaf_hash(receipt.event.encode())
    reached = merkle.root_of_path(leaf, receipt.index, root.size, path)
    return reached is not None and reached.hex() == root.root
