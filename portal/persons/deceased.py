"""Somebody died: their own sign-in is shut, and whatever others or apps reach through their yes ends.

The record stays, for the time that the law wants. Who may see it then comes to the records office, with papers.
"""

from portal import audit
from portal.domain.assists import AssistEnding
from portal.linking import proxies as linking_proxies
from portal.linking.transitions import Work
from portal.services import Services
from portal.store import Tx
from portal.store.desk import assists, handovers, queue
from portal.store.people import accounts, proxies
from portal.store.provider import grants
from portal.store.shares import calendar_feeds, exports, shares

_REASON = "deceased"


def close(tx: Tx, services: Services, *, person_id: str, actor: audit.Actor) -> list[Work]:
    """Shut the person's account, end who acts for them and whom they act for, apps, shared links and calendars.

    What waits ends, too: a prepared export, and help at the front desk. Return what is to be done afterwards. The
    account can be enabled again; what ended is to be given anew.
    """
    teen_age = services.settings.teen_age
    own = accounts.own_account(tx, person_id=person_id)
    acting = list(proxies.in_force(tx, teen_age=teen_age, person_id=person_id))
    if own is not None:
        accounts.disable(tx, account_id=own.id)
        acting += proxies.in_force(tx, teen_age=teen_age, account_id=own.id)
    work: list[Work] = []
    for proxy in acting:
        work += linking_proxies.end_in(tx, teen_age=teen_age, grant_id=proxy.id, actor=actor, reason=_REASON)[1]
    for invitation in proxies.invitations(tx, person_id=person_id):
        proxies.take(tx, invitation_id=invitation.id, person_id=person_id)
    for grant in grants.grants_of_person(tx, person_id=person_id):
        grants.end_grant(tx, grant_id=grant.id, reason=_REASON)
        detail = {"client": grant.client_id, "grant": grant.id, "reason": _REASON}
        audit.record(tx, action=audit.Action.CONSENT_END, actor=actor, person_id=person_id, **detail)
    for share in shares.of_person(tx, person_id=person_id):
        shares.end(tx, share_id=share.id)
    for feed in calendar_feeds.of_person(tx, person_id=person_id):
        calendar_feeds.end(tx, feed_id=feed.id)
    exports.remove_waiting(tx, person_id=person_id)
    queue.leave(tx, person_id=person_id)
    for assist_id in assists.end_all(tx, person_id=person_id, ending=AssistEnding.CLOSED):
        handovers.end_all(tx, assist_id=assist_id)
    return work
