"""Of entries that nothing tells apart two are compared: rows, marks and places are those of comparing all with all."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.entry import Status
from portal.merge import Bond, Facts, Member, Row, alike, pairing, rows

_THERAPIES = [("2020-01-01", "2020-02-01", "90"), ("2024-01-01", "9999-12-31", "90")]
_ISSUE = st.builds(
    Facts,
    kind=st.just("health issue"),
    identity=st.sampled_from([("a",), ("a", "b"), ("b",)]),
    says=st.sampled_from([{}, {"side": ("right",)}, {"side": ("left",)}, {"period": ("2020", "2021", "31")}]),
    links=st.sampled_from([(), (), ("reference|1",), ("identifier|2",)]),
    digest=st.sampled_from(["", "d1", "d2"]),
    repeat=st.sampled_from(["", "a|visit", "a|other"]),
    state=st.sampled_from(["", "", "", "withdrawn"]),
)
_ORDER = st.builds(
    Facts,
    kind=st.just("medication"),
    identity=st.just(("a",)),
    says=st.builds(
        lambda form, therapy: {"form": form, "therapy": therapy},
        st.sampled_from([("tablet",), ("capsule",)]),
        st.sampled_from(_THERAPIES),
    ),
    digest=st.sampled_from(["", "d1"]),
    repeat=st.sampled_from(["current|once", "current|twice", "past|once", "past|twice", "past|daily"]),
)
_KEYS = st.sampled_from([((Bond.SEEK, "k"),), ((Bond.MEET, "k"),), ((Bond.SEEK, "k"), (Bond.MEET, "l"))])
_TEMPLATES = st.one_of(
    *(
        st.lists(st.tuples(facts, st.sampled_from(["home", "one"]), _KEYS), min_size=1, max_size=4)
        for facts in (_ISSUE, _ORDER)
    )
)
_DRAWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([Status.ACTIVE, Status.PAST]), st.sampled_from(["", "2020", "2021"])),
    min_size=1,
    max_size=24,
)


def _members(templates: Sequence[Any], draws: Sequence[tuple[int, Status, str]]) -> list[Member]:
    """Return entries that say the same in groups, each with content of its own where its template has none."""
    members = []
    for number, (choice, status, at) in enumerate(draws):
        facts, source, keys = templates[choice % len(templates)]
        facts = facts if facts.digest else msgspec.structs.replace(facts, digest=f"own {number}")
        own = (Bond.SEEK, f"digest|{facts.digest}")
        shown = Status.ENTERED_IN_ERROR if facts.state else status
        members.append(Member(f"{number * 7 % 24:02}", source, shown, at, (*keys, own), facts))
    return members


def _rows(members: Sequence[Member], *, few: int) -> tuple[Row, ...]:
    """Return the rows, if all pairs of so few entries under one key are compared."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (alike, pairing):
            patch.setattr(module, "FEW", few)
        return rows(members)


@settings(max_examples=400, deadline=None)
@given(_TEMPLATES, _DRAWS)
def test_rows_are_those_of_comparing_all_with_all(
    templates: Sequence[Any], draws: Sequence[tuple[int, Status, str]]
) -> None:
    members = _members(templates, draws)
    assert _rows(members, few=0) == _rows(members, few=len(members))
