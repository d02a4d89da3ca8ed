"""The end of links that a person handed on, where it is not the person who ends them."""

from collections.abc import Callable

from portal import audit
from portal.store import Tx
from portal.store.shares import shares
from portal.store.shares.shares import ShareEventKind, ShareTerms


def end(tx: Tx, *, person_id: str, actor: audit.Actor, which: Callable[[ShareTerms], bool]) -> None:
    """End those of a person's links whose terms fit, and write it into both logs."""
    for stored in shares.of_person(tx, person_id=person_id):
        if which(stored.terms) and shares.end(tx, share_id=stored.id):
            shares.log(tx, share_id=stored.id, kind=ShareEventKind.ENDED)
            change = {"share": stored.id, "change": ShareEventKind.ENDED.value}
            audit.record(tx, action=audit.Action.SHARE_CHANGE, actor=actor, person_id=person_id, **change)
