"""A portal with a person whose every text is marked, and everybody who might want to see it."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.access.table import ROLE_NAMES
from portal.app import create_app
from portal.domain.ids import HOME, new_id
from portal.domain.links import LinkState, Tier
from portal.domain.people import Address, GrantLevel, HumanName, Person, ProxyChoice, Role
from portal.domain.sections import Section
from portal.endpoints import Access, Kind, access_of
from portal.identity.comparison import Difference, Finding, Verdict
from portal.refresh import own_readings
from portal.refresh.ingest import ingest
from portal.refresh.own_readings import OwnReading
from portal.services import Services
from portal.sharing import issuer_keys, making
from portal.sharing.making import Opening
from portal.store.links import links, refreshes
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import Tokens
from portal.store.messages import outgoing
from portal.store.messages.outgoing import MessageContent
from portal.store.people import accounts, proxies
from portal.store.people.proxies import Invited
from portal.store.provider import clients, grants
from portal.store.provider.clients import OAuthClient
from portal.store.records import rows
from portal.store.shares import calendar_feeds, exports, received
from portal.store.shares.received import ReceivedOrigin
from portal.store.shares.shares import ShareTerms
from tests.factories.databases import migrate
from tests.factories.record import link, suggest
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.hostile.web.record import filled

MARK = "qzmark"  # in every text of the person's record
LETTER = "qzletter"  # in every text of the person's messages
PLACE = "qzplace"  # in the name of every organization that the person has to do with
ALL_MARKS = (MARK, LETTER, PLACE)

VERA = Person(
    names=(HumanName(family="Qzmarksson", given=("Vera Qzmarkine",), use="official"),),
    birth_date="1961-07-19",
    sex="female",
    addresses=(Address(line=("7 Qzmark Lane",), city="Qzmarkton", state="NJ", postal_code="08999"),),
    phones=("(856) 555-0199",),
)
STAFF_ROLES = tuple(role for role in Role if role is not Role.PATIENT)
_NOBODY = "0" * 20  # shaped like an id, and nobody's


@dataclass
class Stage:
    """``victim`` is Vera; ``links`` are hers by state, ``entries`` hers by section."""

    app: Flask
    services: Services
    world: World
    victim: TestUser
    links: dict[str, str] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    share: str = ""
    feed: str = ""
    export: str = ""
    grant: str = ""
    invitation: str = ""
    message: str = ""
    summary: str = ""  # that was filed at the front desk
    fetched: str = ""  # that a clerk has before them
    consent: str = ""
    reading: str = ""

    @property
    def person_id(self) -> str:
        assert self.victim.person_id
        return self.victim.person_id

    def visitor(self, user: TestUser | None) -> FlaskClient:
        """A browser, signed in as ``user``."""
        client = self.app.test_client()
        if user is not None:
            sign_in(client, user)
        return client

    def token(self, client: FlaskClient) -> str:
        """A CSRF token of this browser, so that it is not the lack of one that refuses."""
        found = re.search(r'"X-CSRFToken":"([^"]+)"', client.get("/help").get_data(as_text=True))
        assert found
        return found[1]

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table but what notes each look, attempts (they expire), and organizations."""
        # A visitor may wait for the front desk; that is about themselves.
        noted = {"waiting", "challenge", "audit_event", "sign_in", "link_attempt", "organization", "sqlite_sequence"}
        with self.services.db.reading() as tx:
            names = tx.conn.execute(text("SELECT name FROM sqlite_master WHERE type='table'")).scalars().all()
            return {
                name: sorted(map(tuple, tx.conn.execute(text(f'SELECT * FROM "{name}"'))), key=repr)  # noqa: S608
                for name in names
                if name not in noted and not name.startswith("search_")
            }


def build(directory: Path) -> Stage:
    """The whole stage in a fresh database."""
    app = create_app(make_settings(directory, support="Help desk"))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    issuer_keys.current(services.db)  # made at the first use, whoever it is
    world = World(services)
    stage = Stage(app, services, world, world.patient("vera", VERA))
    ingest(services.db, person_id=stage.person_id, source=HOME, resources=filled(_mark, key="home"))
    for state in (LinkState.ACTIVE, LinkState.CONFIRM, LinkState.NEEDS_VERIFICATION, LinkState.ERROR):
        _link(stage, state, resources=filled(_mark, key=state.value) if state is LinkState.ACTIVE else ())
    _link(stage, LinkState.LINKING, refreshed=False)
    _link(stage, LinkState.NO_ACCOUNT, tier=Tier.RECORD_ONLY, lasting=False)
    _link(stage, LinkState.UNLINKED)
    stage.organizations["suggested"] = suggest(services, stage.victim, name=f"{PLACE.title()} Suggested Clinic")
    differing = Finding(Verdict.NEAR, (Difference(aspect="name", ours=f"{MARK} here", theirs=f"{MARK} there"),))
    with services.db.transaction() as tx:
        confirm = stage.links[LinkState.CONFIRM]
        links.put(tx, link_id=confirm, finding=tx.seal(differing, row=f"link.finding:{confirm}"))
        links.put(tx, link_id=stage.links[LinkState.ERROR], reason="http-500", hidden=True)
        refreshes.request(tx, link_id=stage.links[LinkState.NEEDS_VERIFICATION], cause="asked")
        tokens = Tokens(
            access_token=f"{MARK}-access",
            refresh_token=f"{MARK}-refresh",
            scopes=("patient/*.rs", "offline_access"),
            patient=f"{MARK}-patient",
            issuer="https://issuer.example",
        )
        later = tx.now + timedelta(hours=1)
        link_tokens.put_tokens(tx, link_id=stage.links[LinkState.ACTIVE], tokens=tokens, expires_at=later)
    with services.db.reading() as tx:
        for section in Section:
            found = rows.page(tx, person_id=stage.person_id, sight=WHOLE, section=section, limit=50)
            assert found.rows, f"nothing was seeded in {section}"
            stage.entries[section.value] = found.rows[0].primary_id
    add_share(stage, f"{MARK} for a doctor")
    add_family(stage, f"{MARK} niece")
    add_own(stage, f"{LETTER} draft")
    add_received(stage, f"{MARK} from outside")
    add_consent(stage)
    return stage


def add_consent(stage: Stage) -> None:
    """Let the victim have agreed to an app."""
    with stage.services.db.transaction() as tx:
        if clients.client_by_id(tx, client_id="an-app") is None:
            app = OAuthClient(client_id="an-app", name="An App", redirect_uris=("https://a.example",))
            clients.add_client(tx, client=app)
        stage.consent = grants.add_grant(
            tx,
            client_id="an-app",
            account_id=stage.victim.account_id,
            person_id=stage.person_id,
            scopes=("patient/*.rs",),
            lasting=True,
        ).id


def add_received(stage: Stage, text: str) -> None:
    """Let the victim have handed over a summary at the front desk, and another one that a clerk has before them."""
    patient = {"resourceType": "Patient", "name": [{"family": "Somebody"}], "birthDate": VERA.birth_date}
    condition = {"resourceType": "Condition", "code": {"text": text}}
    attachment = {"contentType": "application/pdf", "data": b64encode(b"%PDF-1.4 " + text.encode()).decode()}
    document = {"resourceType": "DocumentReference", "content": [{"attachment": attachment}]}
    entries = [{"resource": resource} for resource in (document, patient, condition)]
    content = msgspec.json.encode({"resourceType": "Bundle", "type": "collection", "entry": entries})
    origin = ReceivedOrigin(host="phone.example", label=text, kinds={Section.HEALTH_ISSUES.value: 1})
    with stage.services.db.transaction() as tx:
        stage.summary, stage.fetched = (
            received.add(tx, person_id=stage.person_id, account_id="clerk", origin=origin, content=content)
            for _each in range(2)
        )
        received.file_it(tx, received_id=stage.summary)


def add_own(stage: Stage, text: str) -> None:
    """Let the victim begin a message with this text, make an address for her calendar, and have a reading added."""
    stage.feed, stage.message = new_id(), new_id()
    reading = OwnReading(
        id=new_id(), kind="weight", numbers=("150",), unit="[lb_av]", at="2001-02-03T04:05:00-05:00", by=text
    )
    own_readings.put(stage.services.db, person_id=stage.person_id, patient="vera", reading=reading)
    stage.reading = own_readings.entry_id(stage.services.db, reading.id)
    with stage.services.db.transaction() as tx:
        stage.export = exports.add(tx, person_id=stage.person_id, account_id=new_id(), content=b"everything")
    with stage.services.db.transaction() as tx:
        calendar_feeds.add(tx, feed_id=stage.feed, person_id=stage.person_id, account_id=stage.victim.account_id)
        outgoing.put_draft(
            tx,
            message_id=stage.message,
            person_id=stage.person_id,
            account_id=stage.victim.account_id,
            source="",
            content=MessageContent(subject=text, body=text),
        )


def add_share(stage: Stage, label: str) -> None:
    """Let the victim share her allergies with somebody who is called ``label``."""
    stage.share = new_id()
    making.create(
        stage.services.db,
        settings=stage.services.settings,
        share_id=stage.share,
        person_id=stage.person_id,
        account_id=stage.victim.account_id,
        terms=ShareTerms(label, ("48765-2",)),
        opening=Opening.WEEK,
    )


def add_family(stage: Stage, name: str, *, helper: str = "helper") -> None:
    """Let somebody act for the victim, and somebody called ``name`` be invited."""
    stage.grant = stage.world.proxy(stage.world.patient(helper, BEN), stage.person_id)
    invited = Invited(name=name, owner_is=name, code=f"{helper.upper()}-CODE")
    with stage.services.db.transaction() as tx:
        stage.invitation = proxies.invite(
            tx, person_id=stage.person_id, choices=[ProxyChoice.VISITS], invited=invited, grant_ends_at=None
        )


def _link(stage: Stage, state: LinkState, **more: Any) -> None:
    made = link(
        stage.services,
        stage.victim,
        name=f"{PLACE.title()} {state.value} Hospital",
        state=LinkState.ACTIVE if state is LinkState.UNLINKED else state,
        city="Camden",
        phone="(856) 555-0140",
        portal_url="https://portal.example",
        **more,
    )
    stage.links[state] = made.link_id
    stage.organizations[state] = made.organization_id
    if state is LinkState.UNLINKED:
        with stage.services.db.transaction() as tx:
            found = links.by_id(tx, link_id=made.link_id)
            assert found
            links.move(tx, found, move="unlinked", to_state=LinkState.UNLINKED, reason=None, account_id=None)


def _mark(kind: str) -> str:
    return f"{LETTER if kind.startswith('message') else MARK} {kind}"


# Who comes.


def visitors(stage: Stage) -> dict[str, FlaskClient]:
    """Everybody who may not see Vera's record, each in a browser of their own."""
    world, here = stage.world, stage.services
    ended, expired, letters, future = (
        world.patient(name, BEN) for name in ("ended-proxy", "expired-proxy", "letters-proxy", "future-proxy")
    )
    browsers = {
        "nobody": stage.visitor(None),
        "another patient": stage.visitor(world.patient("ben", BEN)),
        "messages-only proxy": stage.visitor(letters),
        **{ROLE_NAMES[role]: stage.visitor(world.staff(role.value, role)) for role in STAFF_ROLES},
    }
    world.proxy(letters, stage.person_id, GrantLevel.MESSAGES_ONLY)
    grant = world.proxy(ended, stage.person_id)
    browsers["ended proxy"] = stage.visitor(ended)
    assert browsers["ended proxy"].get(f"/for/{stage.person_id}/links").status_code == 200
    with here.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant)
        accounts.grant_proxy(
            tx,
            account_id=expired.account_id,
            person_id=stage.person_id,
            level=GrantLevel.FULL,
            relationship="mother",
            ends_at=datetime.now(UTC) - timedelta(seconds=1),
        )
    browsers["expired proxy"] = stage.visitor(expired)
    browsers["nobody's proxy"] = stage.visitor(future)
    return browsers


# Where they go: everything below comes from the route map.

Known = dict[str, list[str]]
_ARGUMENTS = {
    "number",
    "person",
    "section",
    "link",
    "link_id",
    "feed_id",
    "entry",
    "organization",
    "grant",
    "invitation",
    "message",
    "summary",
    "export",
    "consent_id",
    "form",
    "topic",
}
_ONLY_OF = {
    "health.trend_page": (Section.VITAL_SIGNS,),
    "health.file": (Section.DOCUMENTS,),
    "health.visit_calendar": (Section.VISITS,),
    "calendar.remove_own": (Section.VISITS,),
    "messages.thread": (Section.MESSAGES,),
    "messages.file": (Section.MESSAGES,),
    "messages.reply": (Section.MESSAGES,),
}
"""Addresses that only items of some sections have."""
_READING = frozenset({"health.reading", "health.change_reading", "health.remove_reading"})
PERSONS_OWN = {
    *("person", "link", "link_id", "feed_id", "entry", "grant", "invitation", "message", "summary", "consent_id"),
    "export",
}
"""Arguments that name something of one person; the others (a section, an organization) are the same for everybody."""


@dataclass(frozen=True, slots=True)
class Target:
    """One request to make. ``about`` are the arguments of the rule that it fills with something of Vera's."""

    endpoint: str
    rule: str
    method: str
    path: str
    about: frozenset[str]
    values: tuple[tuple[str, str], ...]
    access: Access


def person_rules(app: Flask) -> Iterator[tuple[Rule, Access]]:
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access is not None and access.kind is Kind.PERSON:
            yield rule, access


def addresses(stage: Stage) -> list[Target]:
    """Every address of the route map that is about a person, filled with Vera's ids."""
    found = []
    for rule, access in person_rules(stage.app):
        unknown = set(rule.arguments) - _ARGUMENTS
        assert not unknown, f"{rule.rule}: tell tests/hostile/web how to fill {sorted(unknown)}"
        for values in _fillings(stage, rule):
            path = _fill(stage, rule, values)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                about = frozenset(values) & PERSONS_OWN
                found.append(
                    Target(rule.endpoint, rule.rule, method, path, about, tuple(sorted(values.items())), access)
                )
    return found


def _fillings(stage: Stage, rule: Rule) -> Iterator[dict[str, str]]:  # noqa: C901, PLR0912 -- one branch a kind of address
    names = set(rule.arguments)
    base = {"person": stage.person_id} if "person" in names else {}
    if "organization" in names:
        for key in ("suggested", LinkState.UNLINKED):
            yield base | {"organization": stage.organizations[key]}
    elif rule.endpoint in _READING:
        yield base | {"entry": stage.reading}
    elif "entry" in names:
        for section, entry in stage.entries.items():
            if section not in _ONLY_OF.get(rule.endpoint, stage.entries):
                continue
            more = {"section": section, "number": "0"}
            yield base | {"entry": entry} | {name: value for name, value in more.items() if name in names}
    elif "link" in names:
        within = {"section": Section.MEDICATIONS.value} if "section" in names else {}
        for state in (LinkState.ACTIVE, LinkState.CONFIRM):
            yield base | within | {"link": stage.links[state]}
    elif names & {"grant", "invitation"}:
        ids = {"grant": stage.grant, "invitation": stage.invitation}
        yield base | {name: value for name, value in ids.items() if name in names}
    elif "consent_id" in names:
        yield base | {"consent_id": stage.consent}
    elif "message" in names:
        yield base | {"message": stage.message}
    elif "summary" in names:
        yield base | {"summary": stage.summary} | ({"number": "0"} if "number" in names else {})
    elif "export" in names:
        yield base | {"export": stage.export}
    elif "link_id" in names:
        yield base | {"link_id": stage.share}
    elif "feed_id" in names:
        yield base | {"feed_id": stage.feed}
    elif "topic" in names:
        yield base | {"topic": "diabetes"}
    elif "form" in names:
        yield base | {"form": "txt"}
    elif "section" in names:
        for one in (Section.MEDICATIONS, Section.TEST_RESULTS, Section.MESSAGES):
            yield base | {"section": one.value}
    else:
        yield base


def filled_with_nobody(stage: Stage, rule: Rule) -> str:
    """An address of the pages without a person, with ids of nothing."""
    return _fill(stage, rule, dict.fromkeys(rule.arguments, _NOBODY))


def _fill(stage: Stage, rule: Rule, values: dict[str, str]) -> str:
    adapter = stage.app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, values)


def with_nobodys_ids(stage: Stage, address: Target) -> str:
    """The same address with ids that do not exist."""
    path = address.path
    for name, value in address.values:
        if name in PERSONS_OWN:
            path = path.replace(value, _NOBODY)
    return path


def ask(
    client: FlaskClient, method: str, path: str, *, fragment: bool = False, token: str = "", **more: Any
) -> TestResponse:
    headers = {"HX-Request": "true"} if fragment else {}
    data = {"csrf_token": token, **more} if method == "POST" else None
    return client.open(path, method=method, headers=headers, data=data)


def bytes_of(answer: TestResponse) -> str:
    """Status line, headers and body, as the visitor gets them."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    return f"{answer.status}\n{head}\n\n{answer.get_data().decode(errors='replace')}"


def without_chance(answer: TestResponse, *ids: str) -> str:
    """The answer without what is different every time: nonces, CSRF tokens, dates, the session; and without ``ids``."""
    found = bytes_of(answer)
    found = re.sub(r"(nonce[=-]\"?)[\w-]+", r"\1", found)
    found = re.sub(r'(X-CSRFToken":"|name="csrf_token" value=")[^"]+', r"\1", found)
    found = re.sub(r"(?im)^(date|set-cookie|content-length): .*$", r"\1", found)
    found = re.sub(r'(data-seconds="|data-at>|signed out at <b>)[^"<]+', r"\1", found)  # the clock went on
    for one in ids:
        found = found.replace(one, _NOBODY)
    return found
