"""How long each table's rows are kept, why, and what deletes them. Every table has a line; a test holds it.

``docs/retention.md`` is made from this list: ``python -m portal.store.retention > docs/retention.md``; a test compares.
The nightly job ``jobs.retention`` deletes what is older than its bound in slices, each a transaction of its own: no
page waits for it, and one that is killed goes on the next night where it was.

Six years is what HIPAA asks for what documents a disclosure or a decision (45 CFR 164.316(b)(2), 164.528).
"""

import sys
from collections.abc import Mapping

from sqlalchemy import Table, and_, delete, exists, func, literal, or_, select, tuple_

from portal.store.desk.retention_lines import DESK
from portal.store.engine.database import Database, Tx
from portal.store.message_retention import MESSAGES
from portal.store.retention_bounds import (
    DAY,
    MONTH,
    SIX_YEARS,
    YEAR,
    Bound,
    Retention,
    ended_grant,
    newer_import,
    newer_refresh,
    of_ended_link,
    older_sections,
    organization_in_use,
)
from portal.store.schema import metadata
from portal.store.schema.access import challenge, known_browser, outgoing_mail, proxy_grant, proxy_invitation, sign_in
from portal.store.schema.directory import directory_import, missing_report, organization, suggestion
from portal.store.schema.links import (
    link,
    link_attempt,
    link_revocation,
    link_token,
    refresh,
    refresh_section,
    section_state,
    signing_key,
)
from portal.store.schema.operation import scheduled_run
from portal.store.schema.provider import (
    oauth_client,
    oauth_code,
    oauth_grant,
    oauth_key,
    oauth_match,
    oauth_token,
    used_jti,
)
from portal.store.schema.records import correction, resource
from portal.store.shares.share_retention import SHARES

SLICE = 500  # rows of one transaction: well below 300 ms on either database
MOST_COUNTED = 10_000


_BACKEND = and_(oauth_grant.c.person_id.is_(None), oauth_grant.c.account_id.is_(None))
_WITH_ORGANIZATION = "with the organization"
_WITH_RESOURCE = "with the resource"
_MADE_ANEW = "made anew from the entries at each refresh or import; with the person"

TABLES: Mapping[str, Retention] = {
    # People and their accounts
    "person": Retention("The home organization's patients.", "while the home organization has the chart"),
    "person_token": Retention("What a person is found by, as keyed hashes.", "with the person; anew at each import"),
    "account": Retention(
        "Signing in; a disabled one is still named by who looked at a record.", "while the audit record names it"
    ),
    "sign_in": Retention(
        "A browser that is signed in, for 24 hours at most; then the person can see where they were signed in.",
        bounds=(Bound("30 days after the sign-in", MONTH, lambda before: sign_in.c.created_at < before),),
    ),
    "proxy_grant": Retention(
        "Who may act for whom; after its end, who could see the record and when.",
        bounds=(
            Bound(
                "6 years after its end",
                SIX_YEARS,
                lambda before: or_(proxy_grant.c.ended_at < before, proxy_grant.c.ends_at < before),
            ),
        ),
    ),
    "proxy_invitation": Retention(
        "Whom a patient invites to act for them, until both have said yes.",
        bounds=(Bound("1 day after it ran out", DAY, lambda before: proxy_invitation.c.expires_at < before),),
    ),
    "notice_choice": Retention("When an account wants e-mails about news.", "with the account; by its owner"),
    "notice": Retention("Whom to tell that there is news, for a day at most.", "when it is told or was read"),
    "factor": Retention("What one signs in with beside a password.", "with the account; by its owner"),
    "openid_identity": Retention("Who opens it at the hospital's sign-in.", "with the account; by the operator"),
    "single_use_code": Retention("Recovery and printed codes, as keyed hashes.", "by its owner; by new ones"),
    "known_browser": Retention(
        "A browser where an account signed in; there nobody else's wrong passwords count.",
        "when the password is changed",
        bounds=(Bound("1 day after it ran out", DAY, lambda before: known_browser.c.expires_at < before),),
    ),
    "challenge": Retention(
        "What may be answered once while signing in, as a keyed hash.",
        "when it is answered",
        bounds=(Bound("1 day after it ran out", DAY, lambda before: challenge.c.expires_at < before),),
    ),
    "outgoing_mail": Retention(
        "E-mails on their way: an address and a text without anything clinical.",
        bounds=(Bound("7 days, sent or not", 7 * DAY, lambda before: outgoing_mail.c.created_at < before),),
    ),
    "audit_event": Retention(
        "Who looked at or changed what. An event is never deleted alone: the chain over them would break.",
        "with the segment it was sealed in, 6 years after the newest event of it (`jobs.retention`)",
    ),
    "audit_segment": Retention(
        "What events are verified by; of what is gone, that we removed it.", "kept: the chain goes through all of them"
    ),
    "schema_contract": Retention("Which earlier versions the schema serves.", "made anew by `portal db upgrade`"),
    "scheduled_run": Retention(
        "Which timed jobs of a day were asked for, and when they ended.",
        bounds=(Bound("30 days", MONTH, lambda before: scheduled_run.c.asked_at < before),),
    ),
    "key_check": Retention(
        "By what keys are recognized; and the key of the hashes, sealed with one that PORTAL_INDEX_KEY gives.",
        "by `portal db rotate-keys`, of what seals nothing any more",
    ),
    "person_key": Retention("What seals a person's record: without it nothing of that opens.", "with the person"),
    **DESK,
    # Organizations that can be linked
    "organization": Retention(
        "The directory. What left every list is not found any more, and stays as long as somebody's link leads there.",
        "by the import that finds it in no list any more and used by nobody",
        bounds=(
            Bound(
                "1 year after it left every list, unless somebody uses it",
                YEAR,
                lambda before: and_(organization.c.retired_at < before, ~organization_in_use()),
            ),
        ),
    ),
    "organization_name": Retention("Other names it is found by.", _WITH_ORGANIZATION),
    "organization_endpoint": Retention("Its FHIR servers.", _WITH_ORGANIZATION),
    "organization_source": Retention("Which list says what of it.", "by the import that no longer finds it there"),
    "organization_moved": Retention("Ids that were merged away lead to the one that stayed.", _WITH_ORGANIZATION),
    "organization_logo": Retention("Its logo.", _WITH_ORGANIZATION),
    "organization_client": Retention("How we are registered there.", "by the operator; with the organization"),
    "vendor_client": Retention("How we are registered with all of a vendor's organizations.", "by the operator"),
    "directory_source": Retention("Lists that are read again by themselves.", "by the operator"),
    "directory_import": Retention(
        "What an import brought; the newest of each list stays, so that one can see when it was read.",
        bounds=(Bound("1 year", YEAR, lambda before: and_(directory_import.c.at < before, newer_import())),),
    ),
    "search_name": Retention("The search index over names.", _WITH_ORGANIZATION),
    "search_word": Retention("The search's vocabulary.", "made anew at each import"),
    "missing_report": Retention(
        "Organizations that people did not find. An open report waits for its answer.",
        bounds=(Bound("1 year after the answer", YEAR, lambda before: missing_report.c.closed_at < before),),
    ),
    "suggestion": Retention(
        "Where a person may have been seen. The answer “not me” stays, so that nobody has to give it twice.",
        "an answered one with the person",
        bounds=(
            Bound(
                "1 year without an answer; where it is still true, it is made again at the next sign-in",
                YEAR,
                lambda before: and_(
                    suggestion.c.created_at < before,
                    suggestion.c.dismissed_at.is_(None),
                    or_(suggestion.c.later_until.is_(None), suggestion.c.later_until < before),
                ),
            ),
        ),
    ),
    "link": Retention(
        "A person's link; after its end its history shows what was fetched from where and until when.",
        bounds=(
            Bound(
                "6 years after its end",
                SIX_YEARS,
                lambda before: and_(
                    link.c.live.is_(False),
                    link.c.updated_at < before,
                    ~exists().where(resource.c.source == link.c.id),
                ),
            ),
        ),
    ),
    "link_event": Retention("The history of a link's states; no clinical content.", "with the link"),
    "link_token": Retention(
        "The tokens of a link; deleted when it ends.",
        bounds=(
            Bound(
                "at once at the link's end; what a stopped process left, 1 day later",
                DAY,
                lambda before: of_ended_link(link_token.c.link_id, before),
            ),
        ),
    ),
    "link_revocation": Retention(
        "A token that is to be ended at the other organization, until that is done or was tried for days.",
        "by the job that ends the token",
        bounds=(Bound("30 days", MONTH, lambda before: link_revocation.c.created_at < before),),
    ),
    "link_attempt": Retention(
        "An authorization under way: ten minutes, one use; then a repeated answer leads to the same page for a day.",
        bounds=(Bound("1 day after it ran out", DAY, lambda before: link_attempt.c.expires_at < before),),
    ),
    "refresh": Retention(
        "When a link was asked and how it ended; the newest of each link stays.",
        bounds=(
            Bound(
                "10 days after a night's that brought everything",
                10 * DAY,
                lambda before: and_(
                    refresh.c.cause == "nightly",
                    refresh.c.state == "done",
                    refresh.c.ended_at < before,
                    newer_refresh(),
                ),
            ),
            Bound(
                "90 days after its end", 3 * MONTH, lambda before: and_(refresh.c.ended_at < before, newer_refresh())
            ),
        ),
    ),
    "refresh_section": Retention(
        "The same, section by section.",
        "with the refresh",
        bounds=(
            Bound(
                "2 days after its end, where the link was asked again",
                2 * DAY,
                lambda before: and_(refresh_section.c.ended_at < before, older_sections()),
            ),
        ),
    ),
    "section_state": Retention(
        "What is true of a link's section now.",
        "with the link",
        bounds=(
            Bound("30 days after the link's end", MONTH, lambda before: of_ended_link(section_state.c.link_id, before)),
        ),
    ),
    "signing_key": Retention(
        "Keys we sign in with at other organizations; a retired one signs no more and is published no more.",
        bounds=(Bound("30 days after it was retired", MONTH, lambda before: signing_key.c.retired_at < before),),
    ),
    # Apps and portals that ask us
    "oauth_client": Retention(
        "Registered apps and portals; a disabled one stays while a grant names it.",
        "by the operator",
        bounds=(
            Bound(
                "30 days, where it registered itself and was never granted anything",
                MONTH,
                lambda before: and_(
                    oauth_client.c.registered_from.is_not(None),
                    oauth_client.c.created_at < before,
                    ~exists().where(oauth_grant.c.client_id == oauth_client.c.client_id),
                ),
            ),
        ),
    ),
    "oauth_client_logo": Retention("Its logo.", "with the app"),
    "oauth_grant": Retention(
        "What a person allowed an app; after its end, what was disclosed to whom and by whose consent.",
        bounds=(
            Bound("6 years after its end", SIX_YEARS, ended_grant),
            Bound(
                "30 days after its end, where no person gave it (an organization's own tokens)",
                MONTH,
                lambda before: and_(_BACKEND, ended_grant(before)),
            ),
        ),
    ),
    "oauth_code": Retention(
        "One-time codes, valid for a minute; one that is used a second time then still ends what came of it.",
        bounds=(Bound("7 days after it ran out", 7 * DAY, lambda before: oauth_code.c.expires_at < before),),
    ),
    "oauth_token": Retention(
        "Tokens as keyed hashes; an old one that is used again ends its family as long as it could have been valid.",
        bounds=(Bound("30 days after it ran out", MONTH, lambda before: oauth_token.c.expires_at < before),),
    ),
    "used_jti": Retention(
        "Client assertions are accepted once, and are valid for five minutes; an app's attestation counts for one "
        "document and 31 days.",
        bounds=(Bound("1 day after it ran out", DAY, lambda before: used_jti.c.expires_at < before),),
    ),
    "oauth_key": Retention(
        "Keys that id_tokens are signed with; a retired one still verifies what it signed.",
        bounds=(Bound("30 days after it was retired", MONTH, lambda before: oauth_key.c.retired_at < before),),
    ),
    "oauth_match": Retention(
        "Whom a partner found by a certain match, and may read in basic sections.",
        "with the person or the partner",
        bounds=(
            Bound(
                "1 year after the partner last read anything of this person",
                YEAR,
                lambda before: oauth_match.c.matched_at < before,
            ),
        ),
    ),
    "resource": Retention(
        "The record: of the home organization, and of others while they are linked.",
        "the home chart's while the organization has it; others' at once at the link's end, by the sweep at the latest",
        bounds=(
            Bound(
                "1 year after it was deleted at home: until then its reader is told that it is gone",
                YEAR,
                lambda before: resource.c.deleted_at < before,
            ),
        ),
    ),
    "search_token": Retention("What the FHIR search finds by, as keyed hashes.", _WITH_RESOURCE),
    "entry": Retention("A resource in a patient's words.", _WITH_RESOURCE),
    "entry_key": Retention("What makes two entries the same thing, as keyed hashes.", _WITH_RESOURCE),
    "record_row": Retention("The lines of a page.", _MADE_ANEW),
    "record_row_source": Retention("The same, for one organization.", _MADE_ANEW),
    "renewal": Retention("Which charts newer rules have not read again yet.", "until all are"),
    "record_row_mark": Retention("Which lines may be the same as another.", _MADE_ANEW),
    "record_count": Retention("How many there are.", _MADE_ANEW),
    "message_thread": Retention("Conversations, as the inbox lists them.", _MADE_ANEW),
    **MESSAGES,
    "private_choice": Retention("What a person keeps private.", "by the person; with the person"),
    "release_choice": Retention("When a person wants to see new results.", "with the person"),
    "correction": Retention(
        "What a patient asked to correct, and the answer. An open request waits for its answer.",
        bounds=(Bound("6 years after the answer", SIX_YEARS, lambda before: correction.c.answered_at < before),),
    ),
    # What a person handed on
    **SHARES,
}


def apply(database: Database) -> dict[str, int]:
    """Delete what is older than its bound, slice by slice; return the number of rows by table, where there were any."""
    deleted: dict[str, int] = {}
    for name, retention in TABLES.items():
        for bound in retention.bounds:
            while count := _delete_slice(database, metadata.tables[name], bound):
                deleted[name] = deleted.get(name, 0) + count
                if count < SLICE:
                    break
    return deleted


def due(tx: Tx) -> dict[str, int]:
    """Return how many rows of each table with a bound the nightly job would delete now: ``MOST_COUNTED`` at most.

    A table that has no index for its bound is read as a whole, as the job does.
    """
    numbers: dict[str, int] = {}
    for name, retention in TABLES.items():
        expired = [bound.expired(tx.now - bound.after) for bound in retention.bounds]
        if expired:
            limited = select(literal(1)).select_from(metadata.tables[name]).where(or_(*expired)).limit(MOST_COUNTED)
            numbers[name] = int(tx.conn.execute(select(func.count()).select_from(limited.subquery())).scalar_one())
    return numbers


def _delete_slice(database: Database, table: Table, bound: Bound) -> int:
    key = tuple_(*table.primary_key.columns)
    with database.transaction() as tx:
        expired = (
            select(*table.primary_key.columns)
            .where(bound.expired(tx.now - bound.after))
            .limit(SLICE)
            .correlate(None)  # not to the table of the DELETE, although it is the same
        )
        return tx.conn.execute(delete(table).where(key.in_(expired))).rowcount


def kept_until(retention: Retention) -> str:
    """Return in words what ends the rows of a table."""
    return "; ".join([*(bound.until for bound in retention.bounds), *filter(None, [retention.ends])])


def _row(name: str, retention: Retention) -> str:
    return (
        f"| `{name}` | {kept_until(retention)} | {retention.why} | {'`jobs.retention`' if retention.bounds else '–'} |"
    )


def as_markdown() -> str:
    """Return ``docs/retention.md``."""
    rows = "\n".join(_row(name, retention) for name, retention in TABLES.items())
    return (
        "# How long what is kept\n\n"
        "Made from `portal/store/retention.py` by `python -m portal.store.retention > docs/retention.md`.\n"
        "Six years is what HIPAA asks for what documents a disclosure or a decision (45 CFR 164.316, 164.528).\n\n"
        "Not in the database: throttles and the job queue, in Valkey, for a day at most; logs, which carry no\n"
        "personal data, as the operator's system keeps them; backups, as the operator keeps them: what was deleted\n"
        "here is in them until they are.\n\n| table | kept until | why | nightly job |\n|---|---|---|---|\n"
        f"{rows}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
