"""E-mails that there is news: of which kind, and never what it is, from whom, or about whom.

``write_due`` decides at the time of sending: what has been read meanwhile, or may not be seen any more, is not told.
One e-mail can be stopped with one press (RFC 8058); its address carries a signed account, no sign-in.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from itsdangerous import BadSignature, URLSafeSerializer

from portal.access import Actor, sight
from portal.config import Settings
from portal.domain.sections import Section
from portal.mail import ask, catalogue, is_on, post
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, notices, proxies
from portal.store.people.accounts import Account
from portal.store.people.notices import NewsNotice, Timing
from portal.store.records import news

STOP = "/notices/stop"
_NEWS, _MESSAGES = "/health/new", "/messages"  # where the links lead; a test holds that the pages are there
_AT_ONCE = 200  # notices of one transaction
_MORNING, _EVENING = time(8), time(21)
_GATHER = timedelta(minutes=2)  # what comes within one refresh is told together


def write_due(services: Services) -> int:
    """Put e-mails for what is due into the outbox; return how many. Each notice is told once, or put off."""
    with services.db.transaction() as tx:
        by_account: dict[str, list[NewsNotice]] = defaultdict(list)
        for each in notices.due(tx, limit=_AT_ONCE):
            by_account[each.account_id].append(each)
        written = sum(_write(tx, services, account_id, waiting) for account_id, waiting in by_account.items())
    if written:
        ask(services)
    return written


def stop_token(settings: Settings, account_id: str) -> str:
    """Return what ``stopped_account`` reads."""
    return str(_signer(settings).dumps(account_id))


def stopped_account(settings: Settings, token: str) -> str | None:
    """Return whose e-mails a token stops; None for one that is not ours."""
    try:
        return str(_signer(settings).loads(token))
    except BadSignature:
        return None


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="notices.stop")


def _write(tx: Tx, services: Services, account_id: str, waiting: Sequence[NewsNotice]) -> int:
    """Tell one account, at most once; return the number of e-mails."""
    settings = services.settings
    account = accounts.by_id(tx, account_id=account_id)
    if account is None or not account.email or not is_on(services):
        for each in waiting:
            notices.end(tx, each)
        return 0
    choices = notices.choices(tx, account_id=account_id)
    now = tx.now.astimezone(ZoneInfo(settings.time_zone))
    told: set[tuple[str, Section]] = set()
    for each in waiting:
        until = _due(choices.timing(each.kind), each.planned_at, now, at_night=choices.at_night)
        if until is not None and until > now:
            notices.put_off(tx, each, until=until)
            continue
        notices.end(tx, each)
        if until is not None and _is_unread(tx, account, each, settings):
            told.add((each.person_id, each.kind))
    if not told:
        return 0
    token = stop_token(settings, account_id)
    subject, text = _letter(account, told, settings, token)
    post(tx, recipient=account.email, subject=subject, text=text, stop=f"{settings.base_url}{STOP}/{token}")
    return 1


def _due(timing: Timing, planned: datetime, now: datetime, *, at_night: bool) -> datetime | None:
    """Return from when on something is told, in the zone of ``now``; None: never."""
    if timing is Timing.NEVER:
        return None
    start = planned.astimezone(now.tzinfo)
    if timing is Timing.DAILY:
        morning = datetime.combine(start.date(), _MORNING, now.tzinfo)
        return morning if start < morning else morning + timedelta(days=1)
    due = start + _GATHER
    moment = max(due, now)
    if at_night or _MORNING <= moment.time() < _EVENING:
        return due
    day = moment.date() if moment.time() < _MORNING else moment.date() + timedelta(days=1)
    return datetime.combine(day, _MORNING, now.tzinfo)


def _is_unread(tx: Tx, account: Account, told: NewsNotice, settings: Settings) -> bool:
    grants = accounts.grants_of(tx, account_id=account.id, teen_age=settings.teen_age)
    actor = Actor(account.id, account.role, account.person_id, proxies.proxy_grants(grants))
    seen = sight(actor, told.person_id)
    return news.news(tx, person_id=told.person_id, sections=(told.kind,), sight=seen).total > 0


def _letter(account: Account, told: set[tuple[str, Section]], settings: Settings, token: str) -> tuple[str, str]:
    """Return subject and text, in the language of its reader."""
    _ = catalogue(account.locale).gettext
    names = {
        Section.MESSAGES: _("a message"),
        Section.TEST_RESULTS: _("a test result"),
        Section.VISITS: _("an appointment or a visit"),
    }
    others = _("for somebody you act for:")
    lines: list[str] = []
    for person_id in sorted({person_id for person_id, _kind in told}):
        kinds = [kind for kind in notices.KINDS if (person_id, kind) in told]
        own = person_id == account.person_id
        lines += [f"- {names[kind]}" if own else f"- {others} {names[kind]}" for kind in kinds]
        lines.append(f"  {settings.base_url}{_place(person_id, kinds, own=own)}")
    text = _(
        "There is something new in %(portal)s:\n\n%(news)s\n\n"
        "Sign in to read it. For your privacy, this e-mail does not say more.\n\n"
        "To get these e-mails at another time, or not at all: %(settings)s\nTo stop them now: %(stop)s"
    ) % {
        "portal": settings.name,
        "news": "\n".join(lines),
        "settings": f"{settings.base_url}/settings/notices",
        "stop": f"{settings.base_url}{STOP}/{token}",
    }
    return _("%(portal)s: something new for you") % {"portal": settings.name}, f"{text}\n"


def _place(person_id: str, kinds: Iterable[Section], *, own: bool) -> str:
    page = _MESSAGES if set(kinds) == {Section.MESSAGES} else _NEWS
    return page if own else f"/for/{person_id}{page}"
