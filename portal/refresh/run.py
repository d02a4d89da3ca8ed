"""One refresh of one link, from its row in the database to its end: plan → fetch → store, section by section.

Threads fetch, this one stores: writes are serialised, no network call happens inside a transaction, and each unit's
sections are committed with their outcome as soon as they are there. Who takes over from a dead process does the rest.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any

import structlog

from portal import audit
from portal.domain.errors import LinkingError, OutsideError, PortalError, UnauthorizedError, WrongPersonError
from portal.domain.links import LIVE, LinkState, Outcome, Tier
from portal.domain.sections import Section
from portal.fhir.authorised import Authorised, TokenSource
from portal.fhir.capability import Capability
from portal.fhir.client import FhirClient
from portal.fhir.limits import Limits
from portal.fhir.scopes import GrantedScopes
from portal.fhir.transport import open_client
from portal.fhir.vendors import quirks_of
from portal.linking import home_chart, transitions
from portal.linking.enqueue import enqueue
from portal.linking.oauth.discovery import capability_of
from portal.linking.oauth.tokens import LinkTokens
from portal.mail import alerts
from portal.refresh.fetch import Fetched, Fetcher, Shared, StoppedError
from portal.refresh.from_documents import derive_entries
from portal.refresh.guard import LinkedPerson
from portal.refresh.ingest import ingest
from portal.refresh.ingest_report import IngestReport
from portal.refresh.own_references import NOWHERE, server_of
from portal.refresh.plan import Plan, Unit, make_plan
from portal.refresh.recognition import digests_of
from portal.refresh.references import References
from portal.refresh.sent_documents import fill_from_documents
from portal.refresh.since import Cursor, Since, grant_of, since
from portal.services import Services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links, refresh_queue, refreshes
from portal.store.links import tokens as link_tokens
from portal.store.links.links import Link
from portal.store.links.refreshes import Refresh
from portal.store.links.tokens import Tokens
from portal.store.records import left_out
from portal.store.records import resources as stored_resources

_log = structlog.get_logger()
_BEAT_SECONDS = 1.0
_DEFAULT_LIMITS = Limits()


class RefreshVerdict(StrEnum):
    """What a refresh says about its link; the linking layer turns it into a move."""

    GOOD = "good"  # everything that was asked for came, or was refused as a matter of policy
    ERROR = "error"  # some section failed
    NEEDS_VERIFICATION = "needs-verification"  # the authorization ended
    WRONG_PERSON = "wrong-person"  # another patient's data came: quarantine, and an operator must look
    CANCELLED = "cancelled"
    NOT_STARTED = "not-started"  # ended before, or another process is at it


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """How a refresh ended. ``reason`` is a stable code. ``throttled_until``: when it may be asked again."""

    refresh_id: str
    verdict: RefreshVerdict
    link_id: str = ""
    reason: str | None = None
    outcomes: dict[Section, Outcome] = field(default_factory=dict)
    throttled_until: datetime | None = None


def refresh_link(
    services: Services,
    *,
    refresh_id: str,
    token_source: Callable[[str], TokenSource] | None = None,
    limits: Limits = _DEFAULT_LIMITS,
) -> RefreshResult:
    """Do one refresh.

    Args:
        services: of the instance.
        refresh_id: a row made by ``refreshes.request``.
        token_source: link id → where its tokens come from; default: the link's own.
        limits: what is taken of the organization's answers.

    The link is moved as the refresh ended (``portal.linking.transitions``), and what follows from that is enqueued.
    Never raises for what the other organization does; that is in the result.
    """
    with services.db.transaction() as tx:
        refresh = refreshes.start(tx, refresh_id=refresh_id)
        link = links.by_id(tx, link_id=refresh.link_id) if refresh else None
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
        stored = link_tokens.tokens_of(tx, link_id=link.id) if link else None
    if refresh is None or link is None or organization is None:
        return RefreshResult(refresh_id, RefreshVerdict.NOT_STARTED)
    run = _Run(services, refresh, link, organization, limits)
    if link.state not in LIVE:
        return run.end(RefreshVerdict.CANCELLED, "link-ended")
    ours = link.tier is Tier.HOME and link.state is not LinkState.NEEDS_VERIFICATION  # we get our own tokens
    if stored is None and not ours:
        return run.end(RefreshVerdict.NEEDS_VERIFICATION, "no-token")
    try:
        tokens = stored.tokens if stored else home_chart.first_tokens(services, link, organization)
        offered = capability_of(services, organization)
        source = token_source(link.id) if token_source else LinkTokens(services, link.id)
        plan = run.plan(offered, tokens)
        return run.do(plan, offered, tokens, source)
    except UnauthorizedError as exc:
        return run.end(RefreshVerdict.NEEDS_VERIFICATION, exc.code)
    except LinkingError as exc:
        return run.end(RefreshVerdict.ERROR, exc.code)
    except OutsideError as exc:
        run.shared.failed(exc)
        return run.end(RefreshVerdict.ERROR, exc.code)


class _Run:
    """The state of one refresh in this process. Only the main thread uses it."""

    def __init__(
        self, services: Services, refresh: Refresh, link: Link, organization: Organization, limits: Limits
    ) -> None:
        self._services = services
        self._db = services.db
        self._refresh = refresh
        self._link = link
        self._organization = organization
        self._limits = limits
        self.shared = Shared(limits)
        self._outcomes: dict[Section, Outcome] = {
            part.section: part.outcome for part in refresh.sections if part.ended_at is not None
        }
        self._narrowed: dict[Section, str] = {}
        self._since = Since("", refresh.requested_at)
        self._server = NOWHERE
        self._log = _log.bind(refresh=refresh.id, link=link.id, organization=organization.id)

    def plan(self, offered: Capability, tokens: Tokens) -> Plan:
        """Make the plan and write its sections down; those that are not asked for have their outcome at once."""
        plan = make_plan(
            capability=offered,
            granted=GrantedScopes(tokens.scopes),
            tier=self._link.tier,
            quirks=quirks_of(self._organization.vendor),
            without=self._outcomes,
        )
        with self._db.transaction() as tx:
            refreshes.plan(tx, refresh_id=self._refresh.id, sections=plan.sections)
            for section, reason in plan.not_offered.items():
                self._ended(tx, section, Outcome.NOT_OFFERED, reason)
            states = refreshes.states(tx, link_ids=[self._link.id])[self._link.id]
            now = tx.now
        self._since = since(plan.units, states, offered, grant=grant_of(tokens.scopes, tokens.patient), now=now)
        self._narrowed = dict(plan.narrowed)
        return plan

    def do(self, plan: Plan, offered: Capability, tokens: Tokens, source: TokenSource) -> RefreshResult:
        """Fetch and store all units; the first loss of authorization or foreign record ends it."""
        base = self._organization.fhir_base
        if base is None or not tokens.patient:
            raise LinkingError("no-address" if base is None else "no-patient")
        quirks = quirks_of(self._organization.vendor)
        with self._db.reading() as tx:
            self._server = server_of(tx, self._organization)
            digests = digests_of(tx, self._link, quirks)
        granted = GrantedScopes(tokens.scopes)
        with open_client(egress=self._services.settings.egress, limits=self._limits) as http:
            authorised = Authorised(http, base, source, limits=self._limits, exact=self._server.exact)
            client = FhirClient(authorised, limits=self._limits, digests=digests)
            if self._link.tier is Tier.HOME:
                self._keep_patient(client.read("Patient", tokens.patient))
                quirks = replace(quirks, base=base)  # our own FHIR server gives these resources out
            fetcher = Fetcher(
                client,
                patient_id=tokens.patient,
                person=LinkedPerson(client, tokens.patient, bases=(offered.implementation_url,)),
                quirks=quirks,
                references=References(client, capability=offered, granted=granted, limits=self._limits),
                shared=self.shared,
                since=self._since.marks,
            )
            pool = ThreadPoolExecutor(self._limits.parallel, thread_name_prefix="fetch")
            try:
                result = self._work({pool.submit(fetcher.fetch, unit): unit for unit in plan.units})
            finally:
                self.shared.stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
        if self._link.tier is Tier.HOME:  # what the chart has now is not told from documents any more
            derive_entries(self._db, person_id=self._link.person_id, patient=tokens.patient, documents=False)
        elif result.verdict in (RefreshVerdict.GOOD, RefreshVerdict.ERROR):
            fill_from_documents(self._services, self._link, self._organization, tokens.patient, server=self._server)
        return result

    def _keep_patient(self, resource: dict[str, Any]) -> None:
        """Store our own patient: who they are comes with their chart, and apps may read it."""
        with self._db.transaction() as tx:
            home_chart.keep(tx, resource)
        ingest(self._db, person_id=self._link.person_id, source=self._link.source, resources=[resource])

    def _work(self, pending: dict[Future[Fetched], Unit]) -> RefreshResult:
        beat_at = 0.0
        empty: list[Fetched] = []  # stored together: most of what one costs is the same for many
        while pending:
            finished, _ = wait(pending, timeout=_BEAT_SECONDS / 2, return_when=FIRST_COMPLETED)
            if finished or time.monotonic() >= beat_at:
                beat_at = time.monotonic() + _BEAT_SECONDS
                with self._db.transaction() as tx:
                    alive = refreshes.beat(tx, refresh_id=self._refresh.id, progress=dict(self.shared.progress))
                if not alive:
                    return self.end(RefreshVerdict.CANCELLED, None)
            for future in finished:
                unit = pending.pop(future)
                error = future.exception()
                if error is None and future.result().resources:
                    self._store([future.result()])
                elif error is None:
                    empty.append(future.result())
                elif isinstance(error, UnauthorizedError):
                    self._store(empty)
                    return self._stopped(RefreshVerdict.NEEDS_VERIFICATION, error.code, (unit, *pending.values()))
                elif isinstance(error, WrongPersonError):
                    self._store(empty)
                    self._log.error("refresh.wrong_person", sections=[section.value for section in unit.sections])
                    return self._stopped(RefreshVerdict.WRONG_PERSON, error.code, (unit,))
                else:
                    self._broken(unit, error)
            if empty and not (pending and finished):  # while others come quickly they wait
                self._store(empty)
                empty = []
        failed = Outcome.FAILED in self._outcomes.values()
        return self.end(RefreshVerdict.ERROR if failed else RefreshVerdict.GOOD, None)

    def _store(self, units: Sequence[Fetched]) -> None:
        """Put the units' resources away, then their sections' outcomes."""
        for fetched in units:
            if fetched.foreign:  # a slip of the server's; more than that ends the refresh (portal.refresh.guard)
                sections = [section.value for section in fetched.unit.sections]
                self._log.warning("refresh.others_items_kept_out", sections=sections, items=fetched.foreign)
        report = ingest(
            self._db,
            person_id=self._link.person_id,
            source=self._link.source,
            resources=chain.from_iterable(fetched.handed_over() for fetched in units),
            complete=frozenset().union(*(fetched.complete(but=self._narrowed) for fetched in units)),
            described=frozenset().union(*(fetched.described for fetched in units)),
            confidential=self._organization.sensitive and self._link.tier is not Tier.HOME,
            server=self._server,
        )
        with self._db.transaction() as tx:
            link = links.by_id(tx, link_id=self._link.id)
            if link is None or not link.live:
                # Unlinked while this was being stored: what came after is taken out again.
                stored_resources.remove_source(tx, source=self._link.id)
                return
            refusals = left_out.of_source(tx, person_id=self._link.person_id, source=self._link.source)
            for fetched in units:
                for section in fetched.unit.sections:
                    self._end_section(tx, fetched, section, report, refusals.get(section, Counter()))

    def _end_section(self, tx: Tx, came: Fetched, section: Section, report: IngestReport, kept: Counter[str]) -> None:
        lost = came.left_out(section)
        if section is came.unit.sections[0]:
            lost.update(report.lost)
        both = kept + lost
        came.unreadable[section] = sum(both[code] for code in left_out.UNREADABLE)
        outcome, reason = came.outcome_of(section)
        if outcome is Outcome.DONE:
            reason = reason or self._narrowed.get(section)
        count = report.sections.get(section)
        self._ended(
            tx,
            section,
            outcome,
            reason,
            pages=came.pages,
            items=count.new + count.changed + count.unchanged if count else 0,
            new_items=count.new if count else 0,
            cursor=self._cursor(came, section),
            left_out=lost,
        )

    def _cursor(self, fetched: Fetched, section: Section) -> Cursor | None:
        """Return where the next refresh may start from; only after everything that was asked for came."""
        if section in self._narrowed or not fetched.has_come(section) or fetched.failed_references:
            return None
        return self._since.cursor(fetched.unit, section, fetched.marks, whole=fetched.is_complete(section))

    def _stopped(self, verdict: RefreshVerdict, reason: str, units: tuple[Unit, ...]) -> RefreshResult:
        """End early: these units failed for this reason, whatever else is under way is cancelled."""
        self.shared.stop.set()
        with self._db.transaction() as tx:
            for unit in units:
                for section in unit.sections:
                    self._ended(tx, section, Outcome.FAILED, reason)
        return self.end(verdict, reason)

    def _broken(self, unit: Unit, error: BaseException) -> None:
        """Record a unit that ended in an error of ours: named, logged by its kind, and no harm to the others."""
        if isinstance(error, StoppedError):
            return
        code = error.code if isinstance(error, PortalError) else "internal-error"
        self._log.error("refresh.unit_failed", code=code, kind=type(error).__name__)
        with self._db.transaction() as tx:
            for section in unit.sections:
                self._ended(tx, section, Outcome.FAILED, code)

    def _ended(
        self,
        tx: Tx,
        section: Section,
        outcome: Outcome,
        reason: str | None,
        *,
        pages: int = 0,
        items: int = 0,
        new_items: int = 0,
        cursor: Cursor | None = None,
        left_out: Mapping[str, int] | None = None,
    ) -> None:
        self._outcomes[section] = outcome
        refreshes.end_section(
            tx,
            refresh_id=self._refresh.id,
            link_id=self._link.id,
            section=section,
            outcome=outcome,
            reason=reason,
            pages=pages,
            items=items,
            new_items=new_items,
            cursor=cursor.to_json() if cursor else None,
            left_out=left_out,
        )

    def end(self, verdict: RefreshVerdict, reason: str | None) -> RefreshResult:
        """Record the refresh's end, the link's move and the audit event at once; then enqueue what follows."""
        came = any(outcome in (Outcome.DONE, Outcome.PARTLY) for outcome in self._outcomes.values())
        state = _STATES.get(verdict) or (refreshes.DONE if came else refreshes.FAILED)
        with self._db.transaction() as tx:
            until = tx.now + timedelta(seconds=self.shared.retry_after) if self.shared.retry_after else None
            if refreshes.finish(tx, refresh_id=self._refresh.id, state=state, reason=reason):
                work = self._moved(tx, verdict, reason, until, came=came)
            else:  # cancelled, or the link ended, while the last section came
                verdict, work = RefreshVerdict.CANCELLED, []
            audit.record(
                tx,
                action=audit.Action.REFRESH,
                actor=audit.Actor("job", self._refresh.id),
                person_id=self._link.person_id,
                outcome="success" if verdict is RefreshVerdict.GOOD else verdict.value,
                link=self._link.id,
                organization=self._organization.id,
            )
            following = refresh_queue.next_waiting(tx, organization_id=self._organization.id)
        enqueue(self._services, work)
        if following is not None:
            named = transitions.refresh_work(following.refresh_id, cause=following.cause)
            enqueue(self._services, [named], again=True)
        self._log.info("refresh.ended", verdict=verdict.value, reason=reason)
        return RefreshResult(self._refresh.id, verdict, self._link.id, reason, dict(self._outcomes), until)

    def _moved(
        self, tx: Tx, verdict: RefreshVerdict, reason: str | None, until: datetime | None, *, came: bool
    ) -> list[transitions.Work]:
        link_id = self._link.id
        if came and verdict is not RefreshVerdict.WRONG_PERSON:
            transitions.recovered(tx, link_id=link_id)
        if until is not None:
            transitions.throttled(tx, link_id=link_id, until=until, everyone=self.shared.limited)
        if verdict is RefreshVerdict.WRONG_PERSON:
            alerts.wrong_person(tx, self._services, organization_id=self._organization.id)
            return transitions.wrong_person(tx, link_id=link_id)
        if verdict is RefreshVerdict.NEEDS_VERIFICATION and link_tokens.tokens_of(tx, link_id=link_id) is not None:
            transitions.token_lost(tx, link_id=link_id, reason="token-refused")
        if verdict is RefreshVerdict.ERROR and not came:
            transitions.failed(tx, link_id=link_id, reason=reason or "sections-failed")
        return []


_STATES = {
    RefreshVerdict.GOOD: refreshes.DONE,
    RefreshVerdict.CANCELLED: refreshes.CANCELLED,
    RefreshVerdict.NEEDS_VERIFICATION: refreshes.FAILED,
    RefreshVerdict.WRONG_PERSON: refreshes.FAILED,
}
