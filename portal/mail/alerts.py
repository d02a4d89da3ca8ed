"""What administrators are told by e-mail: an organization sent somebody else's records, or nothing worked for a day.

It names organizations, never a patient. Who is told: every administrator whose account has an e-mail address.
"""

from collections.abc import Callable, Iterable

from portal.config import Settings
from portal.domain.people import Role
from portal.mail import ask, catalogue, is_on, post
from portal.services import Services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.links import refresh_report
from portal.store.people import accounts
from portal.store.people.accounts import Account

_PAGE = "/admin/"


def told(tx: Tx) -> tuple[Account, ...]:
    """Return who is told."""
    return tuple(each for each in accounts.with_role(tx, role=Role.ADMIN) if each.email and not each.disabled)


def wrong_person(tx: Tx, services: Services, *, organization_id: str) -> None:
    """Tell at once that somebody else's records came, in the transaction that stops the link."""
    organization = organizations.by_id(tx, organization_id=organization_id, ours=True)

    def text(_: Callable[[str], str]) -> str:
        return _(
            "%(name)s sent records of another person over a link. Nothing of it was kept, and it is not asked again "
            "before the patient has verified the account. Please tell the organization."
        ) % {"name": organization.name if organization else organization_id}

    _tell(tx, services, text)


def failing(services: Services) -> int:
    """Tell of organizations from which every update of the last day failed; return how many they are. Once a day."""
    with services.db.transaction() as tx:
        names = tuple(_failing(tx))
        if names:
            _tell(
                tx,
                services,
                lambda _: _("No update from these organizations worked in the last day:") + "\n\n" + "\n".join(names),
            )
    if names and is_on(services):
        ask(services)
    return len(names)


def _failing(tx: Tx) -> Iterable[str]:
    counts = refresh_report.refresh_counts(tx)
    working = {each.organization_id for each in counts if each.state == "done"}
    failed = {each.organization_id: each.name for each in counts if each.state == "failed"}
    return sorted(name for organization_id, name in failed.items() if organization_id not in working)


def _tell(tx: Tx, services: Services, text: Callable[[Callable[[str], str]], str]) -> None:
    if not is_on(services):
        return
    for account in told(tx):
        _ = catalogue(account.locale).gettext
        subject = _("%(portal)s: an organization needs you") % {"portal": services.settings.name}
        post(tx, recipient=account.email, subject=subject, text=f"{text(_)}\n\n{_address(services.settings)}\n")


def _address(settings: Settings) -> str:
    return f"{settings.base_url}{_PAGE}"
