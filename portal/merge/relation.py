"""What two entries are to each other: one row, two rows that name each other, or two rows.

Across organizations the tables of ``portal.merge.rules`` decide. Within one organization nothing folds but what
clinical-truth.md §1 lists: (a) exact repeats, (b) a diagnosis repeated at visits, (c) what the organization itself
replaces, (d) orders of one product with the same instructions, (e) past orders of one product.
"""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from portal.merge.comparing import Contrast, keeps_apart
from portal.merge.facts import Facts
from portal.merge.issues.icd_names import named
from portal.merge.results.near_tests import near_tests
from portal.merge.rules import RULES, Method, Property

WITHDRAWN = "withdrawn"


class Tie(StrEnum):
    SAME = "same"
    MARKED = "marked"
    APART = "apart"


class Fold(StrEnum):
    """Why two entries of one organization are one row, strongest first."""

    REPEAT = "repeat"  # a
    VERSION = "version"  # c
    VISITS = "visits"  # b
    ORDERS = "orders"  # d
    PAST_ORDERS = "past orders"  # e


class Relation(msgspec.Struct, frozen=True):
    """``fields`` are what keeps two marked rows apart, by the names that are shown."""

    tie: Tie
    fields: tuple[str, ...] = ()


_APART = Relation(Tie.APART)
_SAME = Relation(Tie.SAME)


class Timeless(NamedTuple):
    """What two entries are to each other whatever their dates: for those that say the same it is found out once.

    ``fields`` have the place of their rule in the table. ``near``: nothing but their names being near brings them
    together, so that whatever else differs parts them.
    """

    shared: bool
    apart: bool = False
    fields: tuple[tuple[int, str], ...] = ()
    near: bool = False


def timeless(left: Facts, right: Facts) -> Timeless:
    """Compare everything but dates. Symmetric."""
    rules = RULES[left.kind]
    shared = not set(left.identity).isdisjoint(right.identity) or named(left, right)
    near = not shared and left.kind == "result" and near_tests(left, right)
    if not shared and not rules.lone and not near:
        return Timeless(shared, apart=True)
    fields = []
    for place, rule in enumerate(rules.apart):
        if rule.by in DATED or (rule.name not in left.says and rule.name not in right.says):
            continue
        if shared and rule.name in _IN_WORDS and ("words" in left.says) != ("words" in right.says):
            continue  # a code without words is what its code says
        contrast = keeps_apart(rule, left, right)
        if contrast is Contrast.SAME or (contrast is Contrast.UNSAID and shared and _is_bare_code(left, right)):
            continue
        if rule.name == "words" and contrast is Contrast.DIFFERENT and not shared:
            near = not _of_one_code(left, right)
            if near and not akin(left, right):
                return Timeless(shared, apart=True)
        if _parts(rule, contrast) or (near and _parts_near(rule, contrast)):
            return Timeless(shared, apart=True)
        if rule.name == "qualities" and _are_two_portions(left, right):
            return Timeless(shared, apart=True)
        fields.append((place, rule.shown))
    return Timeless(shared, fields=tuple(fields), near=near)


def akin(left: Facts, right: Facts) -> bool:
    """Tell whether two names are near each other, or one is the initials of the other (``portal.merge.issues.kin``)."""
    parts = [_APART_IN_THE_BODY.intersection(facts.says.get("words", ())) for facts in (left, right)]
    if all(parts) and parts[0].isdisjoint(parts[1]):
        return False
    pairs = (("kin", "kin"), ("letters", "initials"), ("initials", "letters"))
    return any(not set(left.says.get(one, ())).isdisjoint(right.says.get(other, ())) for one, other in pairs)


_APART_IN_THE_BODY = frozenset(
    {"ankle", "cervical", "chest", "elbow", "finger", "foot", "hand", "head", "hip", "knee", "lumbar", "shoulder"}
    | {"abdomen", "pelvis", "thoracic", "toe", "wrist"}
)
"""Places of which two are two: not those that lie in one another."""
_IN_WORDS = frozenset({"words", "approach", "type", "stage", "course"})
"""What a code without words leaves unsaid, and says."""
_PORTIONS = frozenset({"free", "ionized", "direct"})


def _are_two_portions(left: Facts, right: Facts) -> bool:
    """Tell whether codes say that one is a part of what the other is all of: free and total are two tests."""
    codes, other_codes = (facts.says.get("codes", ()) for facts in (left, right))
    qualities, other_qualities = (set(facts.says.get("qualities", ())) for facts in (left, right))
    coded = bool(codes and other_codes) and set(codes).isdisjoint(other_codes)
    return coded and not _PORTIONS.isdisjoint(qualities ^ other_qualities)


_WORDED = frozenset(
    {"words", "codes", "type", "stage", "course", "past", "state", "assertion", "purpose", "approach", "value"}
)
"""What may differ between two names that are near each other."""


def _parts_near(rule: Property, contrast: Contrast) -> bool:
    return contrast is Contrast.DIFFERENT and rule.name not in _WORDED


def _is_bare_code(left: Facts, right: Facts) -> bool:
    """Tell whether one of two medicines is a code of RxNorm without a word: what the code says is not unsaid."""
    return left.kind == "medication" and any(
        all(identity.startswith("rxnorm|") for identity in facts.identity) for facts in (left, right)
    )


def _of_one_code(left: Facts, right: Facts) -> bool:
    """Tell whether they share a code that proves nothing, and a word: an ICD category of what has none of its own."""
    words = set(left.says.get("words", ())).isdisjoint(right.says.get("words", ()))
    return not words and not set(left.says.get("codes", ())).isdisjoint(right.says.get("codes", ()))


def _parts(rule: Property, contrast: Contrast) -> bool:
    """Tell whether a difference makes two things; what one side leaves unsaid never does (clinical-truth.md §2)."""
    return not rule.marked and contrast is Contrast.DIFFERENT


def relation(left: Facts, right: Facts, *, one_organization: bool, common: Timeless | None = None) -> Relation:
    """Return what two entries are to each other; ``common`` is their ``timeless``, where it is known. Symmetric."""
    if left.kind != right.kind:
        return _APART
    common = common or timeless(left, right)
    withdrawn = WITHDRAWN in (left.state, right.state)
    if one_organization and not withdrawn and _fold(left, right, common) is not None:
        return _SAME
    across = _across(left, right, common)
    if withdrawn:
        if left.state == right.state and across.tie is Tie.SAME:
            return _SAME
        return Relation(Tie.MARKED, ("status",)) if across.tie is Tie.SAME else _APART
    if one_organization and across.tie is Tie.SAME:
        return _APART if _stage(left) != _stage(right) else Relation(Tie.MARKED, ("entry",))
    return across


def _stage(facts: Facts) -> tuple[str, ...]:
    """Return what tells a dispensing from an order: of one organization the order's page lists what was handed out."""
    return facts.says.get("stage", ())


def may_fold(left: Facts, right: Facts) -> bool:
    """Tell whether two entries of one organization have to be looked at to say whether they fold; else they do not."""
    return left.kind == "medication" or bool(
        (left.digest and left.digest == right.digest)
        or (left.links and right.links)
        or (left.repeat and left.repeat == right.repeat)
    )


def fold(left: Facts, right: Facts) -> Fold | None:
    """Return why two entries of one organization are one row, or None.

    A message never is: it has an author and a label of its own, whatever else says the same (ADR 13).
    """
    return _fold(left, right, None) if left.kind == right.kind != "message" else None


def _fold(left: Facts, right: Facts, common: Timeless | None) -> Fold | None:
    if left.state != right.state:
        return None
    if left.digest and left.digest == right.digest:
        return Fold.REPEAT
    if left.links and _is_version(left, right):
        return Fold.VERSION
    if left.kind == "medication":
        return _orders(left, right, common)
    return Fold.VISITS if left.repeat and left.repeat == right.repeat else None


def _is_version(left: Facts, right: Facts) -> bool:
    """Tell whether one replaces the other, or both have one number: a case or an order of several things has one, too.

    What the number is of cannot change its side, place, strength or lot from one version to the next, and an order that
    is still current is no earlier version of another.
    """
    ties = set(left.links) & set(right.links)
    if any(tie.startswith("reference|") for tie in ties):
        return True
    if left.kind == "medication" and left.repeat != right.repeat and _is_current(left) and _is_current(right):
        return False
    if _has_two_values(left, right) or _was_done_twice(left, right) or _are_two_vaccines(left, right):
        return False
    return bool(ties) and not any(
        rule.name in _OF_THE_THING and keeps_apart(rule, left, right) is Contrast.DIFFERENT
        for rule in RULES[left.kind].apart
    )


def _has_two_values(left: Facts, right: Facts) -> bool:
    """Tell whether two results of one number differ, and none says that it is preliminary or corrects: two parts."""
    values = left.says.get("value", ()), right.says.get("value", ())
    replaced = "edition" in left.says or "edition" in right.says
    return left.kind == "result" and all(values) and values[0] != values[1] and not replaced


def _was_done_twice(left: Facts, right: Facts) -> bool:
    """Tell whether two things of one number and day have each a time of its own: two treatments."""
    times = [facts.says.get("day", ("", ""))[1] for facts in (left, right)]
    return all(times) and times[0] != times[1] and left.says.get("state") == right.says.get("state")


def _are_two_vaccines(left: Facts, right: Facts) -> bool:
    """Tell whether two vaccines of one number are of another code, maker or product: two were given."""
    return left.kind == "immunization" and (
        any(rule.name == "codes" and keeps_apart(rule, left, right) is Contrast.DIFFERENT for rule in _OF_VACCINES)
        or any(
            name in left.says and name in right.says and set(left.says[name]).isdisjoint(right.says[name])
            for name in ("maker", "package")
        )
    )


_OF_VACCINES = RULES["immunization"].apart


def _is_current(order: Facts) -> bool:
    return order.repeat.startswith("current|")


_OF_THE_THING = frozenset(
    [
        "words",
        "side",
        "noted side",
        "site",
        "approach",
        "key salt",
        "strength",
        "form",
        "release",
        "single dose",
        "lot",
        "serial",
        "given",
    ]
)


def _orders(left: Facts, right: Facts, common: Timeless | None) -> Fold | None:
    """Orders of one product, whenever it was."""
    if not left.repeat or not right.repeat:
        return None
    common = common or timeless(left, right)
    if common.apart or common.fields or not common.shared:
        return None
    (state, instructions), (other_state, other_instructions) = left.repeat.split("|", 1), right.repeat.split("|", 1)
    if _stage(left) != _stage(right):
        return None
    if instructions == other_instructions:
        return Fold.ORDERS
    return Fold.PAST_ORDERS if state == other_state != "current" else None


def _across(left: Facts, right: Facts, common: Timeless) -> Relation:
    if common.apart:
        return _APART
    dated = []
    for place, rule in DATED_RULES[left.kind]:
        contrast = keeps_apart(rule, left, right)
        if contrast is Contrast.SAME:
            continue
        if _parts(rule, contrast) or (common.near and _parts_near(rule, contrast)):
            return _APART
        dated.append((place, rule.shown))
    fields = dict.fromkeys(shown for _place, shown in (sorted((*common.fields, *dated)) if dated else common.fields))
    if common.shared and not fields:
        return _SAME
    return Relation(Tie.MARKED, tuple(fields) or _unproven(left, right))


def _unproven(left: Facts, right: Facts) -> tuple[str, ...]:
    """Return which of the things that would prove two entries one they do not share, else the first of them."""
    proof = RULES[left.kind].proof
    return tuple(name for name in proof if left.says.get(name) != right.says.get(name)) or proof[:1]


DATED = frozenset({Method.MOMENT, Method.DAY, Method.THERAPY, Method.EPISODE})
DATED_RULES = {
    kind: tuple((place, rule) for place, rule in enumerate(rules.apart) if rule.by in DATED)
    for kind, rules in RULES.items()
}
DATED_NAMES = frozenset(rule.name for rules in DATED_RULES.values() for _place, rule in rules)
