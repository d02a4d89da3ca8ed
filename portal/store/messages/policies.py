"""How this organization takes messages: as a whole, and each of its clinicians."""

import msgspec
from sqlalchemy import delete, insert, select

from portal.store.engine.database import Tx
from portal.store.schema.messages import messaging_policy

ORGANIZATION = ""
_PLACE = "messaging_policy.practitioner"  # for which FHIR ids are sealed


class Template(msgspec.Struct, frozen=True):
    title: str
    text: str


class PolicyText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``away`` is sent to who writes; ``days``: work days until an answer; ``cost``: that answers may cost money."""

    away: str = ""
    days: int = 2
    cost: str = ""
    templates: tuple[Template, ...] = ()


class Policy(msgspec.Struct, frozen=True):
    accepts: bool
    text: PolicyText


OFF = Policy(accepts=False, text=PolicyText())
"""Without a word of its own an organization takes no messages: nobody would read them."""


def all_policies(tx: Tx) -> dict[str, Policy]:
    """Return the policies by FHIR id of the clinician; the organization's is always there."""
    policies = {ORGANIZATION: OFF}
    for stored in tx.conn.execute(select(messaging_policy)):
        practitioner = tx.vault.open_id(stored.practitioner, place=_PLACE)
        text = tx.unseal(stored.data, PolicyText, row=f"messaging_policy.data:{stored.practitioner}")
        policies[practitioner] = Policy(stored.accepts, text)
    return policies


def accepts_messages(tx: Tx) -> bool:
    """Tell whether the organization takes messages at all."""
    c = messaging_policy.c
    return bool(tx.conn.execute(select(c.accepts).where(c.practitioner == ORGANIZATION)).scalar())


def put(tx: Tx, *, practitioner: str, policy: Policy) -> None:
    stored_as = tx.vault.ids(practitioner, place=_PLACE)
    tx.conn.execute(delete(messaging_policy).where(messaging_policy.c.practitioner.in_(stored_as)))
    tx.conn.execute(
        insert(messaging_policy).values(
            practitioner=stored_as[0],
            accepts=policy.accepts,
            data=tx.seal(policy.text, row=f"messaging_policy.data:{stored_as[0]}"),
            updated_at=tx.now,
        )
    )
