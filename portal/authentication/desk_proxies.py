"""Who acts for a patient because the front desk set it up: what keeps a clerk from opening a record alone.

Papers (a parent's, a court's) stand for a yes that the patient did not give themselves: two members of staff see them.
Everybody whom it concerns is told at once, and again when it begins, with a link that ends it without a sign-in.
"""

from collections.abc import Iterator
from datetime import timedelta

from portal import mail
from portal.access import may_assist
from portal.domain.phrases import N_
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, people, proxies
from portal.store.people.accounts import Account
from portal.store.people.proxies import DeskSetUp, Invitation

STOPS = timedelta(days=30)
"""How long after the beginning the link of a notice ends it."""
_SUBJECT = N_("%(portal)s: somebody may act for %(name)s")
_SET_UP = N_("At our front desk %(proxy)s was named as somebody who may act for %(name)s in this portal.")
_BEGUN = N_("%(proxy)s can act for %(name)s now, as was set up at our front desk.")
_STOP = N_("If that is not right, stop it here:\n\n%(address)s\n\nThen call %(organization)s. %(support)s")


def clerks_own(tx: Tx, desk: DeskSetUp, account: Account, *, teen_age: int) -> bool:
    """Tell whether an account is of one of the staff who set this up, or of somebody whom they act for."""
    staff = (accounts.by_id(tx, account_id=each, disabled=True) for each in (desk.account_id, desk.second) if each)
    return any(
        same_human(clerk, account) or account.person_id in acts_for(tx, clerk, teen_age=teen_age)
        for clerk in staff
        if clerk
    )


def same_human(one: Account, other: Account) -> bool:
    """Tell whether two accounts are one human's, as far as can be told: the same person, or the same e-mail."""
    persons = {one.person_id or one.as_patient or "", other.person_id or other.as_patient or ""}
    emails = {one.email.casefold(), other.email.casefold()}
    return one.id == other.id or (len(persons) == 1 and "" not in persons) or (len(emails) == 1 and "" not in emails)


def acts_for(tx: Tx, clerk: Account, *, teen_age: int) -> frozenset[str]:
    """Return for whom a clerk acts with the account that is theirs as a patient."""
    own = accounts.own_account(tx, person_id=clerk.as_patient) if clerk.as_patient else None
    grants = accounts.grants_of(tx, account_id=own.id, teen_age=teen_age) if own else ()
    return frozenset(grant.person_id for grant in grants)


def may_second(tx: Tx, invitation: Invitation, clerk: Account, *, teen_age: int) -> bool:
    """Tell whether a member of staff is another one than who set it up, and has no part in it themselves."""
    desk = invitation.invited.desk
    first = accounts.by_id(tx, account_id=desk.account_id, disabled=True) if desk else None
    answered = accounts.by_id(tx, account_id=invitation.account_id) if invitation.account_id else None
    own = acts_for(tx, clerk, teen_age=teen_age)
    if first is None or same_human(first, clerk):
        return False
    if answered is not None and (same_human(answered, clerk) or answered.person_id in own):
        return False
    return may_assist(clerk.role, invitation.person_id, as_patient=clerk.as_patient, acts_for=own)


def tell(tx: Tx, services: Services, invitation: Invitation, *, begun: bool = False) -> None:
    """Write to the patient, and to everybody who acts for them, what the desk set up and how to end it."""
    desk, person = invitation.invited.desk, people.by_id(tx, person_id=invitation.person_id)
    if desk is None or person is None:
        return
    settings = services.settings
    named = {
        "portal": settings.name,
        "name": person.demographics.display,
        "proxy": invitation.invited.name,
        "address": f"{settings.base_url}/invited/stop/{desk.stop}",
        "organization": settings.organization,
        "support": settings.support,
    }
    for address, locale in dict(_readers(tx, invitation, teen_age=settings.teen_age)).items():
        subject, lead, stop = (
            mail.in_language(locale, text) % named for text in (_SUBJECT, _BEGUN if begun else _SET_UP, _STOP)
        )
        mail.post(tx, recipient=address, subject=subject, text=f"{lead}\n\n{stop.strip()}\n")


def _readers(tx: Tx, invitation: Invitation, *, teen_age: int) -> Iterator[tuple[str, str]]:
    """Yield addresses and their languages: the chart's, the patient's own, and those of who acts for them by now."""
    person_id = invitation.person_id
    person = people.by_id(tx, person_id=person_id)
    chart = person.demographics if person else None
    for address in chart.emails if chart else ():
        yield address, chart.language.split("-")[0] if chart else ""
    own = accounts.of_person(tx, person_id=person_id)
    grants = proxies.in_force(tx, teen_age=teen_age, person_id=person_id)
    others = (accounts.by_id(tx, account_id=grant.account_id) for grant in grants)
    for account in (*own, *filter(None, others)):
        if account.email and account.id != invitation.account_id:
            yield account.email, account.locale
