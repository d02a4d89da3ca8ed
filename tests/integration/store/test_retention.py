"""Every table has a line of retention, and the nightly job holds it: what is older goes, what is younger stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import JSON, Boolean, DateTime, Integer, LargeBinary, func, select

from portal.store import Database, Tx, retention
from portal.store.schema import metadata

T = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When everything in these tests happened."""
HOUR = timedelta(hours=1)
LATER = T + timedelta(minutes=1)

_FILLER: dict[type[Any], Any] = {JSON: [], LargeBinary: b"x", Boolean: False, Integer: 1, DateTime: T}

BASE = (
    ("person", {"id": "p"}),
    ("account", {"id": "a"}),
    ("organization", {"id": "o"}),
    ("organization", {"id": "o2"}),
    ("oauth_client", {"client_id": "c"}),
    ("oauth_grant", {"id": "g", "client_id": "c", "person_id": "p", "ends_at": T + timedelta(days=9999)}),
    ("link", {"id": "live", "person_id": "p", "organization_id": "o", "live": True}),
    ("link", {"id": "ended", "person_id": "p", "organization_id": "o", "live": False, "updated_at": T}),
    ("assist", {"id": "h", "account_id": "a", "person_id": "p", "seen_at": T + timedelta(days=9999), "ended_at": T}),
    ("share", {"id": "over", "person_id": "p", "token_hash": "over", "ends_at": T}),
    ("share", {"id": "open", "person_id": "p", "token_hash": "open", "ends_at": T + timedelta(days=9999)}),
)


@dataclass(frozen=True)
class Case:
    """Rows of one table that one bound deletes once they are old enough, and rows that are as old and stay."""

    expired: Mapping[str, Any]
    others: tuple[Mapping[str, Any], ...] = ()
    before: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # rows of other tables that they need


_ORGANIZATION = {"id": "left", "retired_at": T}
CASES: dict[tuple[str, int], Case] = {
    ("scheduled_run", 0): Case({"asked_at": T}),
    ("sign_in", 0): Case({"account_id": "a", "created_at": T}),
    ("known_browser", 0): Case({"account_id": "a", "expires_at": T}),
    ("challenge", 0): Case({"expires_at": T}),
    ("proxy_invitation", 0): Case(
        {"person_id": "p", "code_hash": "c1", "expires_at": T},
        others=({"person_id": "p", "code_hash": "c2", "expires_at": T + timedelta(days=9999)},),
    ),
    ("assist", 0): Case({"account_id": "a", "person_id": "p", "seen_at": T, "ended_at": T}),
    ("handover", 0): Case({"assist_id": "h", "person_id": "p", "expires_at": T}),
    ("waiting", 0): Case({"person_id": "p", "created_at": T}),
    ("pending_change", 0): Case({"account_id": "a", "person_id": "p", "created_at": T}),
    ("person_merge", 0): Case({"account_id": "a", "person_id": "p", "other_id": "p", "created_at": T}),
    ("prepared_export", 0): Case({"account_id": "a", "person_id": "p", "expires_at": T}),
    ("factor_reset", 0): Case({"account_id": "a", "ended_at": T}, others=({"account_id": "a", "created_at": T},)),
    ("outgoing_mail", 0): Case({"created_at": T, "due_at": T}),
    ("outgoing_message", 0): Case(
        {"person_id": "p", "account_id": "a", "ended_at": T, "updated_at": LATER},
        others=({"person_id": "p", "account_id": "a", "updated_at": LATER},),
    ),
    ("outgoing_message", 1): Case({"person_id": "p", "account_id": "a", "updated_at": T}),
    ("proxy_grant", 0): Case(
        {"account_id": "a", "person_id": "p", "ended_at": T},
        others=({"account_id": "a", "person_id": "p"},),
    ),
    ("organization", 0): Case(
        _ORGANIZATION,
        others=({"id": "linked", "retired_at": T}, {"id": "owner", "retired_at": T}, {"id": "o3", "owner_id": "owner"}),
    ),
    ("directory_import", 0): Case({"source": "s", "at": T}, others=({"source": "s", "at": LATER},)),
    ("missing_report", 0): Case({"closed_at": T}, others=({"created_at": T},)),
    ("suggestion", 0): Case(
        {"person_id": "p", "organization_id": "o", "created_at": T},
        others=({"person_id": "p", "organization_id": "o2", "created_at": T, "dismissed_at": T},),
    ),
    ("link", 0): Case(
        {"person_id": "p", "organization_id": "o", "live": False, "updated_at": T},
        others=({"id": "read", "person_id": "p", "organization_id": "o", "live": False, "updated_at": T},),
        before=(("resource", {"id": "r", "source": "read", "person_id": "p"}),),
    ),
    ("link_token", 0): Case({"link_id": "ended"}, others=({"link_id": "live"},)),
    ("link_revocation", 0): Case({"organization_id": "o", "created_at": T}),
    ("link_attempt", 0): Case({"person_id": "p", "organization_id": "o", "account_id": "a", "expires_at": T}),
    ("refresh", 0): Case(
        {"link_id": "live", "cause": "nightly", "state": "done", "requested_at": T, "ended_at": T},
        others=({"link_id": "live", "requested_at": LATER, "ended_at": LATER},),
    ),
    ("refresh", 1): Case(
        {"link_id": "live", "requested_at": T, "ended_at": T},
        others=({"link_id": "live", "requested_at": LATER, "ended_at": LATER},),
    ),
    ("refresh_section", 0): Case(
        {"refresh_id": "r1", "ended_at": T},
        others=({"refresh_id": "r2", "ended_at": T},),
        before=(
            ("refresh", {"id": "r1", "link_id": "live", "requested_at": T, "ended_at": T}),
            ("refresh", {"id": "r2", "link_id": "live", "requested_at": LATER, "ended_at": LATER}),
        ),
    ),
    ("section_state", 0): Case({"link_id": "ended"}, others=({"link_id": "live"},)),
    ("signing_key", 0): Case({"retired_at": T}, others=({"created_at": T},)),
    ("oauth_client", 0): Case({"client_id": "new", "registered_from": "x", "created_at": T}),
    ("oauth_grant", 0): Case(
        {"client_id": "c", "person_id": "p", "ended_at": T, "ends_at": T + timedelta(days=9999)},
        others=({"client_id": "c", "person_id": "p", "ends_at": T + timedelta(days=9999)},),
    ),
    ("oauth_grant", 1): Case(
        {"client_id": "c", "ends_at": T},
        others=({"client_id": "c", "person_id": "p", "ends_at": T},),
    ),
    ("oauth_code", 0): Case({"grant_id": "g", "expires_at": T}),
    ("oauth_token", 0): Case({"grant_id": "g", "expires_at": T}),
    ("used_jti", 0): Case({"expires_at": T}),
    ("oauth_key", 0): Case({"retired_at": T}, others=({"created_at": T},)),
    ("oauth_match", 0): Case({"client_id": "c", "person_id": "p", "matched_at": T}),
    ("resource", 0): Case(
        {"source": "home", "person_id": "p", "deleted_at": T}, others=({"source": "home", "person_id": "p"},)
    ),
    ("share", 0): Case(
        {"id": "s", "person_id": "p", "token_hash": "t1", "ends_at": T},
        others=({"id": "s2", "person_id": "p", "token_hash": "t2", "ends_at": T + timedelta(days=9999)},),
    ),
    ("share_file", 0): Case({"share_id": "over"}, others=({"share_id": "open"},)),
    ("share_key", 0): Case({"share_id": "over"}, others=({"share_id": "open"},)),
    ("share_copy", 0): Case({"share_id": "over"}, others=({"share_id": "open"},)),
    ("share_copy", 1): Case({"share_id": "over", "opened_at": T}, others=({"share_id": "open"},)),
    ("received", 0): Case(
        {"person_id": "p", "created_at": T}, others=({"person_id": "p", "created_at": T, "filed_at": T},)
    ),
    ("calendar_feed", 0): Case(
        {"id": "f", "person_id": "p", "token_hash": "t1", "ended_at": T},
        others=({"id": "f2", "person_id": "p", "token_hash": "t2"},),
    ),
    ("correction", 0): Case({"person_id": "p", "answered_at": T}, others=({"person_id": "p", "created_at": T},)),
}
BOUNDS = [(name, number) for name, entry in retention.TABLES.items() for number in range(len(entry.bounds))]


def insert(tx: Tx, name: str, values: Mapping[str, Any], number: int = 0) -> None:
    """One row: what must not be absent and is not given is filled in, differently for each number."""
    row: dict[str, Any] = {}
    for column in metadata.tables[name].columns:
        if not column.nullable and not column.foreign_keys and not column.default and not column.server_default:
            row[column.name] = next(
                (filler for kind, filler in _FILLER.items() if isinstance(column.type, kind)), f"x{number}"
            )
            if isinstance(column.type, Integer) and column.primary_key:
                del row[column.name]
            elif type(column.type).__name__ == "Instant":
                row[column.name] = T
    tx.conn.execute(metadata.tables[name].insert().values({**row, **values}))


def count(database: Database, name: str) -> int:
    with database.reading() as tx:
        return int(tx.conn.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one())


def base(database: Database) -> None:
    with database.transaction() as tx:
        for number, (name, values) in enumerate(BASE):
            insert(tx, name, values, 100 + number)


def test_every_table_has_a_line_and_every_line_says_what_ends_it() -> None:
    assert set(retention.TABLES) == set(metadata.tables)
    assert all(entry.why and (entry.ends or entry.bounds) for entry in retention.TABLES.values())
    assert set(BOUNDS) == set(CASES)


def test_the_page_says_what_the_code_does() -> None:
    page = Path(__file__).parents[3] / "docs" / "retention.md"
    assert page.read_text() == retention.as_markdown()


@pytest.mark.parametrize(("name", "number"), BOUNDS)
def test_what_is_older_goes_and_what_is_younger_stays(database: Database, name: str, number: int) -> None:
    case, bound = CASES[name, number], retention.TABLES[name].bounds[number]
    base(database)
    with database.transaction() as tx:
        for other, values in case.before:
            insert(tx, other, values)
        for index, values in enumerate((case.expired, *case.others)):
            insert(tx, name, values, index)
        if name == "organization":
            insert(tx, "link", {"id": "there", "person_id": "p", "organization_id": "linked", "live": True})
    before = count(database, name)
    with time_machine.travel(T + bound.after - HOUR, tick=False):
        assert name not in retention.apply(database)
    assert count(database, name) == before
    with time_machine.travel(T + bound.after + HOUR, tick=False):
        deleted = retention.apply(database)
    ended_link = name in ("link", "share")  # the base has one that ended at the same time
    assert deleted[name] == 1 + ended_link
    assert count(database, name) == before - 1 - ended_link
    assert all(count(database, table) for table in ("person", "account", "oauth_client", "oauth_grant"))


def test_slices_are_transactions_of_their_own_and_the_next_night_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    base(database)
    with database.transaction() as tx:
        for number in range(7):
            insert(tx, "sign_in", {"account_id": "a", "created_at": T}, number)
    monkeypatch.setattr(retention, "SLICE", 2)
    slices = []
    delete_slice = retention._delete_slice

    def killed_at_the_third(*args: Any) -> int:
        slices.append(args)
        if len(slices) == 3:
            raise KeyboardInterrupt
        return delete_slice(*args)

    monkeypatch.setattr(retention, "_delete_slice", killed_at_the_third)
    with time_machine.travel(T + timedelta(days=40), tick=False):
        with pytest.raises(KeyboardInterrupt):
            retention.apply(database)
        assert count(database, "sign_in") == 3
        assert retention.apply(database)["sign_in"] == 3
    assert count(database, "sign_in") == 0
