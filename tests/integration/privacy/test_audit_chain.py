"""Whoever can write to the database, but has not the key, changes nothing in the audit trail without being found."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from portal import audit
from portal.audit import chain
from portal.audit.chain import Verification
from portal.audit.checkpoints import CheckpointFile
from portal.domain.ids import new_id
from portal.store import Database
from portal.store.audit import segments
from portal.store.engine import key_rotation
from portal.store.engine.crypto import Vault


@pytest.fixture
def checkpoints(tmp_path: Path) -> CheckpointFile:
    return CheckpointFile(tmp_path / "apart" / "checkpoint")


def write(database: Database, n: int) -> None:
    with database.transaction() as tx:
        for place in range(n):
            audit.record(
                tx, action=audit.Action.VIEW_SECTION, actor=audit.Actor("account", "a"), person_id="p", n=str(place)
            )


@pytest.fixture
def trail(database: Database, checkpoints: CheckpointFile) -> Database:
    """Three segments of four events each."""
    for _ in range(3):
        write(database, 4)
        assert chain.seal(database, checkpoints) == 4
    return database


def verified(database: Database, checkpoints: CheckpointFile) -> Verification:
    return chain.verify(database, checkpoints)


def test_an_untouched_trail_has_no_findings(trail: Database, checkpoints: CheckpointFile) -> None:
    write(trail, 2)
    report = verified(trail, checkpoints)
    assert (report.events, report.unsealed, report.segments, report.findings) == (14, 2, 3, [])
    assert chain.seal(trail, checkpoints) == 2
    assert chain.seal(trail, checkpoints) == 0
    assert verified(trail, checkpoints).unsealed == 0


def run(*statements: str) -> Callable[[Connection], None]:
    def attack(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return attack


def swap(connection: Connection) -> None:
    run(
        "UPDATE audit_event SET seq = 1000 WHERE seq = 6",
        "UPDATE audit_event SET seq = 6 WHERE seq = 7",
        "UPDATE audit_event SET seq = 7 WHERE seq = 1000",
    )(connection)


def put_in(connection: Connection) -> None:
    run("DELETE FROM audit_event WHERE seq = 6", "UPDATE audit_event SET seq = 6 WHERE seq = 2")(connection)


ATTACKS: dict[str, tuple[Callable[[Connection], None], list[str]]] = {
    "outcome": (run("UPDATE audit_event SET outcome = 'denied' WHERE seq = 6"), ["event 6 (segment 2): changed"]),
    "person": (run("UPDATE audit_event SET person_id = 'q' WHERE seq = 1"), ["event 1 (segment 1): changed"]),
    "actor": (run("UPDATE audit_event SET actor_id = NULL WHERE seq = 12"), ["event 12 (segment 3): changed"]),
    "time": (run("UPDATE audit_event SET at = '2020-01-01 00:00:00' WHERE seq = 6"), ["event 6 (segment 2): changed"]),
    "detail": (
        run("UPDATE audit_event SET detail = (SELECT detail FROM audit_event WHERE seq = 5) WHERE seq = 6"),
        ["event 6: its detail cannot be decrypted", "event 6 (segment 2): changed"],
    ),
    "detail of another": (
        run(
            "UPDATE audit_event SET detail = (SELECT detail FROM audit_event WHERE seq = 5), "
            "seal_id = (SELECT seal_id FROM audit_event WHERE seq = 5) WHERE seq = 6"
        ),
        ["event 6 (segment 2): changed"],
    ),
    "deleted": (run("DELETE FROM audit_event WHERE seq = 6"), ["event 6 (segment 2): deleted"]),
    "reordered": (swap, ["event 6 (segment 2): changed or moved", "event 7 (segment 2): changed or moved"]),
    "replaced": (put_in, ["event 2 (segment 1): deleted", "event 6 (segment 2): changed or moved"]),
    "segment deleted": (run("DELETE FROM audit_segment WHERE number = 2"), ["segments 2 to 2: missing"]),
    "with its events": (
        run("DELETE FROM audit_segment WHERE number = 2", "DELETE FROM audit_event WHERE seq BETWEEN 5 AND 8"),
        ["segments 2 to 2: missing"],
    ),
    "called removed": (
        run(
            "DELETE FROM audit_event WHERE seq BETWEEN 1 AND 4",
            "UPDATE audit_segment SET removed_at = sealed_at, removed_mac = mac, leaves = root WHERE number = 1",
        ),
        ["segment 1: its events were removed, and not by this instance"],
    ),
    "segment changed": (
        run("UPDATE audit_segment SET size = 3, last_seq = 7 WHERE number = 2"),
        ["segment 2: changed", "segment 2: its list of events was changed"],
    ),
    "end cut off": (
        run("DELETE FROM audit_segment WHERE number = 3", "DELETE FROM audit_event WHERE seq > 8"),
        ["segments 3 to 3: missing at the end"],
    ),
    "all cut off": (
        run("DELETE FROM audit_segment", "DELETE FROM audit_event"),
        ["segments 1 to 3: missing at the end"],
    ),
}


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_an_attack_is_found_and_located(trail: Database, checkpoints: CheckpointFile, name: str) -> None:
    attack, expected = ATTACKS[name]
    with trail.transaction() as tx:
        attack(tx.conn)
    findings = verified(trail, checkpoints).findings
    for beginning in expected:
        assert any(finding.startswith(beginning) for finding in findings), findings
    assert len(findings) <= len(expected) + 2
    write(trail, 1)
    chain.seal(trail, checkpoints)
    assert verified(trail, checkpoints).findings, "sealing more must not cover it up"


def test_an_event_that_is_put_in_afterwards_is_found(trail: Database, checkpoints: CheckpointFile) -> None:
    write(trail, 1)
    with trail.transaction() as tx:
        tx.conn.execute(text("UPDATE audit_event SET seq = 0 WHERE seq = 13"))
    assert "event 0 (segment 1): put in afterwards" in verified(trail, checkpoints).findings


def test_what_nobody_seals_is_a_finding(trail: Database, checkpoints: CheckpointFile) -> None:
    write(trail, 1)
    with trail.transaction() as tx:
        tx.conn.execute(text("UPDATE audit_event SET at = :at WHERE seq = 13"), {"at": tx.now - timedelta(hours=1)})
    assert [finding.partition(":")[0] for finding in verified(trail, checkpoints).findings] == ["event 13"]


def test_a_lost_checkpoint_is_a_finding_and_a_foreign_one_stays(
    trail: Database, checkpoints: CheckpointFile, tmp_path: Path
) -> None:
    path = tmp_path / "apart" / "checkpoint"
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    path.unlink()
    assert verified(trail, checkpoints).findings
    with trail.transaction() as tx:
        tx.conn.execute(text("UPDATE audit_segment SET mac = root WHERE number = 3"))
    path.write_bytes(content)
    write(trail, 1)
    chain.seal(trail, checkpoints)
    assert path.read_bytes() == content


def test_the_trail_holds_when_the_encryption_keys_rotate(trail: Database, checkpoints: CheckpointFile) -> None:
    """… and the key that wraps the index key, by which the chain is made."""
    keys = Vault(
        (("k2", bytes(range(1, 33))), ("k1", bytes(range(32)))),
        index_key="another index key that is for tests",
        old_index_key="an index key that is only for tests",
    )
    rotating = Database(trail.url.render_as_string(hide_password=False), keys)
    counts = {rotated.column: rotated.count for rotated in key_rotation.rotate(rotating)}
    assert counts["audit_event.detail"] == 12
    assert counts["key_check.wrapped"] == 1
    assert verified(rotating, checkpoints).findings == []
    rotating.close()


def test_old_events_go_by_whole_segments_and_the_chain_holds(trail: Database, checkpoints: CheckpointFile) -> None:
    assert chain.remove_old(trail) == 0
    with trail.transaction() as tx:
        old = tx.now - timedelta(days=7 * 365)
        tx.conn.execute(text("DELETE FROM audit_segment"))
        tx.conn.execute(text("UPDATE audit_event SET at = :at WHERE seq <= 6"), {"at": old})
    checkpoints._path.unlink()  # the trail is written anew, with old events in it
    size, segments.PAGE = segments.PAGE, 4
    try:
        assert chain.seal(trail, checkpoints) == 12
    finally:
        segments.PAGE = size
    assert chain.remove_old(trail) == 4  # the fifth and sixth share a segment with younger ones
    report = verified(trail, checkpoints)
    assert (report.events, report.removed, report.findings) == (8, 1, [])


def test_an_event_that_commits_late_is_sealed_all_the_same(database: Database, checkpoints: CheckpointFile) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    written, go_on = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with database.transaction() as tx:
            audit.record(tx, action=audit.Action.IMPORT, actor=audit.Actor("job"), late=new_id())
            written.set()
            go_on.wait(60)

    thread = threading.Thread(target=slow_writer)
    thread.start()
    written.wait(60)
    write(database, 3)
    assert chain.seal(database, checkpoints) == 0, "not while somebody with a lower number has not committed"
    go_on.set()
    thread.join(60)
    assert chain.seal(database, checkpoints) == 4
    assert verified(database, checkpoints).findings == []
