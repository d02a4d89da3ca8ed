"""The hash chain over the audit trail: events are written unsealed, and sealed in batches, in their order.

A writer only inserts its row; nobody waits for a chain. Every few seconds a job seals what has come: the events of a
segment are the leaves of a Merkle tree (RFC 6962), and the segment's keyed hash covers its root and the keyed hash of
the segment before. So whoever can write to the database but has not the instance's key changes, deletes, inserts or
reorders nothing that was sealed without being found; the newest segment's hash is kept apart (``checkpoints``), so that
cutting off the end is found too. A leaf holds a random id, so that no proof tells what other events are.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy.exc import IntegrityError

from portal.audit import merkle
from portal.audit.checkpoints import CheckpointFile
from portal.store import Database, Tx
from portal.store.audit import segments
from portal.store.audit.segments import RawEvent, Segment

_RETENTION = timedelta(days=6 * 365 + 2)  # 45 CFR 164.316(b)(2)
_LATE = timedelta(minutes=10)
_START = b"\x00" * 32
_SHOWN = 100  # findings that are listed


@dataclass(slots=True)
class Verification:
    """What a verification found. ``findings`` name the place; without any, all is as it was written."""

    events: int = 0
    unsealed: int = 0
    segments: int = 0
    removed: int = 0  # segments whose events were removed after their time
    findings: list[str] = field(default_factory=list)

    def add(self, finding: str) -> None:
        if len(self.findings) < _SHOWN:
            self.findings.append(finding)


def leaf_content(event: RawEvent) -> bytes:
    """Return what an event's leaf hash is of: a JSON array in a fixed order, detail as the text that was sealed."""
    return msgspec.json.encode(
        [
            event.seq,
            event.seal_id,
            _moment(event.at),
            event.action,
            event.outcome,
            event.actor_kind,
            event.actor_id,
            event.person_id,
            event.detail,
        ]
    )


def seal(database: Database, checkpoints: CheckpointFile) -> int:
    """Seal what was written since the last time; return the number of events. Safe to run twice at once."""
    sealed, until = 0, segments.settled(database)
    while until is not None:
        with database.reading() as tx:
            newest = segments.newest(tx)
            segment = _following(tx, newest, until)
        if segment is None:
            break
        try:
            with database.transaction() as tx:
                segments.add(tx, segment)
        except IntegrityError:
            break  # another process was faster
        sealed += segment.size
    checkpoints.advance(database)
    return sealed


def verify(database: Database, checkpoints: CheckpointFile) -> Verification:
    """Compare every event with what was sealed, and the chain with the checkpoint that is kept apart."""
    report, checkpoint, before = Verification(), checkpoints.read(), None
    with database.reading() as tx:
        stream = _Stream(segments.events(tx))
        for segment in segments.every(tx):
            _check_segment(tx, report, segment, before)
            _check_events(report, segment, before, stream)
            if checkpoint is not None and checkpoint.number == segment.number and checkpoint.mac != segment.mac.hex():
                report.add(f"segment {segment.number}: not the one that the checkpoint is of")
            before = segment
        for event in stream.until(None):
            report.events += 1
            report.unsealed += 1
            if tx.now - event.at > _LATE:
                report.add(f"event {event.seq}: not sealed although it is of {_moment(event.at)}")
    last = before.number if before else 0
    if checkpoint is None and last:
        report.add("the checkpoint is missing or cannot be read: nothing tells whether the end was cut off")
    elif checkpoint is not None and checkpoint.number > last:
        report.add(f"segments {last + 1} to {checkpoint.number}: missing at the end")
    return report


def newest_fits(tx: Tx) -> bool:
    """Tell whether this instance's key made the newest segment; also without any."""
    newest = segments.newest(tx)
    before = segments.by_number(tx, number=newest.number - 1) if newest else None
    return newest is None or hmac.compare_digest(_mac(tx, newest, before), newest.mac)


def remove_old(database: Database) -> int:
    """Remove the events of whole segments whose time is over; return the number of events."""
    removed = 0
    while True:
        with database.transaction() as tx:
            segment = segments.oldest_before(tx, before=tx.now - _RETENTION)
            if segment is None:
                return removed
            segments.remove_events(tx, segment=segment, removed_mac=_removed_mac(tx, segment))
        removed += segment.size


class _Stream:
    """Events in their order, taken up to a number."""

    def __init__(self, events: Iterator[RawEvent]) -> None:
        self._events = events
        self._next = next(events, None)

    def until(self, last: int | None) -> Iterator[RawEvent]:
        """Yield the events up to and with this seq, or all that are left."""
        while self._next is not None and (last is None or self._next.seq <= last):
            yield self._next
            self._next = next(self._events, None)


def _following(tx: Tx, before: Segment | None, until: int) -> Segment | None:
    """Return the segment that comes next, of events up to ``until``; None when there are none."""
    leaves: list[tuple[int, bytes]] = []
    newest_at = datetime.min.replace(tzinfo=UTC)
    for event in segments.events(tx, after=before.last_seq if before else None, until=until):
        leaves.append((event.seq, merkle.leaf_hash(leaf_content(event))))
        newest_at = max(newest_at, event.at)
        if len(leaves) == segments.PAGE:
            break
    if not leaves:
        return None
    segment = Segment(
        number=before.number + 1 if before else 1,
        last_seq=leaves[-1][0],
        size=len(leaves),
        sealed_at=tx.now,
        newest_at=newest_at,
        root=merkle.root([leaf for _, leaf in leaves]),
        mac=b"",
        leaves=tuple(leaves),
    )
    return replace(segment, mac=_mac(tx, segment, before))


def _mac(tx: Tx, segment: Segment, before: Segment | None) -> bytes:
    content = [
        segment.number,
        segment.last_seq,
        segment.size,
        _moment(segment.sealed_at),
        _moment(segment.newest_at),
        segment.root.hex(),
        (before.mac if before else _START).hex(),
    ]
    return tx.vault.mac("audit.segment", msgspec.json.encode(content))


def _removed_mac(tx: Tx, segment: Segment) -> bytes:
    return tx.vault.mac("audit.removed", segment.mac)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _check_segment(tx: Tx, report: Verification, segment: Segment, before: Segment | None) -> None:
    report.segments += 1
    expected = before.number + 1 if before else 1
    if segment.number != expected:
        report.add(f"segments {expected} to {segment.number - 1}: missing")
    elif not hmac.compare_digest(_mac(tx, segment, before), segment.mac):
        report.add(f"segment {segment.number}: changed, or not the one that followed segment {expected - 1}")
    if segment.removed_at is not None:
        report.removed += 1
        if not hmac.compare_digest(_removed_mac(tx, segment), segment.removed_mac or b""):
            report.add(f"segment {segment.number}: its events were removed, and not by this instance")
    elif len(segment.leaves) != segment.size or merkle.root([leaf for _, leaf in segment.leaves]) != segment.root:
        report.add(f"segment {segment.number}: its list of events was changed")


def _check_events(report: Verification, segment: Segment, before: Segment | None, stream: _Stream) -> None:
    after_gap = segment.number != (before.number + 1 if before else 1)
    first = segment.leaves[0][0] if segment.leaves else 0
    stored: list[tuple[int, bytes]] = []
    for event in stream.until(segment.last_seq):
        report.events += 1
        if event.detail is None:
            report.add(f"event {event.seq}: its detail cannot be decrypted")
        if not (after_gap and event.seq < first):  # of a segment that is missing, which is a finding of its own
            stored.append((event.seq, merkle.leaf_hash(leaf_content(event))))
    if tuple(stored) == segment.leaves:
        return
    expected, seen = dict(segment.leaves), dict(stored)
    for seq in sorted(expected.keys() | seen.keys()):
        if seq not in seen:
            report.add(f"event {seq} (segment {segment.number}): deleted")
        elif seq not in expected:
            report.add(f"event {seq} (segment {segment.number}): put in afterwards")
        elif expected[seq] != seen[seq]:
            report.add(f"event {seq} (segment {segment.number}): changed or moved")
