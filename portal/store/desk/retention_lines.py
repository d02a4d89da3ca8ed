"""How long the front desk's rows are kept; part of ``portal.store.retention``."""

from collections.abc import Mapping

from portal.store.retention_bounds import DAY, MONTH, SIX_YEARS, Bound, Retention
from portal.store.schema.access import pending_change, person_merge
from portal.store.schema.desk import assist, factor_reset, handover, waiting

DESK: Mapping[str, Retention] = {
    "assist": Retention(
        "Whom the front desk helped, with what and by whose consent.",
        bounds=(Bound("6 years after its end", SIX_YEARS, lambda before: assist.c.seen_at < before),),
    ),
    "handover": Retention(
        "A link that the desk started and the patient finishes: for twelve hours, one use.",
        bounds=(Bound("1 day after it ran out", DAY, lambda before: handover.c.expires_at < before),),
    ),
    "waiting": Retention(
        "Who waits for the front desk, for twelve hours at most.",
        bounds=(Bound("2 days", 2 * DAY, lambda before: waiting.c.created_at < before),),
    ),
    "pending_change": Retention(
        "What cannot be undone and waits for a second administrator.",
        "when it is confirmed or called off",
        bounds=(Bound("30 days", MONTH, lambda before: pending_change.c.created_at < before),),
    ),
    "person_merge": Retention(
        "Two persons who are said to be one, until somebody else confirms it.",
        "when it is confirmed or called off",
        bounds=(Bound("30 days", MONTH, lambda before: person_merge.c.created_at < before),),
    ),
    "former_person": Retention(
        "Who was merged into whom, so that the trail and the chart's old ids lead on.", "with the person"
    ),
    "proposal": Retention(
        "Release policy, partners and their keys: who proposed and who confirmed them. Names nobody but by account id.",
        "kept: what was released when",
    ),
    "factor_reset": Retention(
        "Second factors that are removed after a day unless their owner objects.",
        bounds=(Bound("30 days after its end", MONTH, lambda before: factor_reset.c.ended_at < before),),
    ),
}
