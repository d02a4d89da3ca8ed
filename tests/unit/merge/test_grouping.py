"""Grouping is a function of the set of entries: no order, no history; rows are whole, marks are mutual."""

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.entry import Status
from portal.merge import Bond, Facts, Lookalike, Member, Row, rows

_IDS = st.text("abcdefgh", min_size=3, max_size=3)
_KEYS = st.lists(
    st.tuples(st.sampled_from(Bond), st.sampled_from(["k1", "k2"])), max_size=2, unique_by=lambda pair: pair[1]
)
_SAYS = st.dictionaries(st.sampled_from(["side", "stage", "type"]), st.sampled_from([("x",), ("y",)]), max_size=2)
_FACTS = st.builds(
    Facts,
    kind=st.just("health issue"),
    identity=st.sampled_from([("a",), ("b",), ("a", "b")]),
    says=_SAYS,
    digest=st.sampled_from(["", "d1", "d2"]),
)
_MEMBERS = st.lists(
    st.builds(
        Member,
        id=_IDS,
        source=st.sampled_from(["home", "link-a", "link-b"]),
        status=st.sampled_from(Status),
        sort_at=st.sampled_from(["", "2020", "2021-03-04"]),
        keys=_KEYS.map(tuple),
        facts=_FACTS,
    ),
    max_size=10,
    unique_by=lambda member: member.id,
)


def member(name: str, *, source: str = "home", status: Status = Status.ACTIVE, at: str = "2020", **says: str) -> Member:
    facts = Facts(
        kind="health issue",
        identity=("a",),
        says={key: (value,) for key, value in says.items() if key != "digest"},
        digest=says.get("digest", ""),
        state="withdrawn" if status is Status.ENTERED_IN_ERROR else "",
    )
    return Member(name, source, status, at, ((Bond.SEEK, "a"),), facts)


def groups(*members: Member) -> set[frozenset[str]]:
    return {frozenset(row.members) for row in rows(members)}


def named(row: Row) -> dict[str, tuple[str, ...]]:
    return {mark.entry_id: mark.fields for mark in row.marks}


@settings(max_examples=300, deadline=None)
@given(_MEMBERS, st.randoms(use_true_random=False))
def test_order_does_not_matter(members: list[Member], random: object) -> None:
    shuffled = list(members)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rows(shuffled) == rows(members)


@settings(max_examples=300, deadline=None)
@given(_MEMBERS)
def test_every_listed_entry_is_in_exactly_one_row(members: list[Member]) -> None:
    placed = [one for row in rows(members) for one in row.members]
    listed = [one.id for one in members if one.status is not Status.ENTERED_IN_ERROR]
    assert sorted(placed) == sorted(listed)


@settings(max_examples=300, deadline=None)
@given(_MEMBERS)
def test_in_a_row_nothing_that_keeps_apart_differs(members: list[Member]) -> None:
    """Between organizations: of one organization's repeats the newest speaks."""
    by_id = {one.id: one for one in members}
    for row in rows(members):
        speaking = [by_id[voice.entry_id].facts for voice in row.voices]
        assert len({tuple(sorted(facts.says.items())) for facts in speaking if facts}) == 1
        for source in {by_id[name].source for name in row.members}:
            own = {by_id[name].facts.digest for name in row.members if by_id[name].source == source}  # type: ignore[union-attr]
            count = sum(by_id[name].source == source for name in row.members)
            assert count == 1 or (len(own) == 1 and own != {""})


@settings(max_examples=300, deadline=None)
@given(_MEMBERS)
def test_marks_are_mutual(members: list[Member]) -> None:
    listed = rows(members)
    row_of = {name: row.id for row in listed for name in row.members}
    for row in listed:
        for mark in row.marks:
            if not mark.withdrawn:
                other = next(one for one in listed if one.id == row_of[mark.entry_id])
                assert row.id in {row_of.get(back.entry_id) for back in other.marks}


def test_two_organizations_are_one_row_and_one_organization_folds_repeats_only() -> None:
    assert groups(member("a"), member("b", source="link")) == {frozenset("ab")}
    assert groups(member("a"), member("b")) == {frozenset("a"), frozenset("b")}
    assert groups(member("a", digest="1"), member("b", digest="1")) == {frozenset("ab")}


def test_what_keeps_apart_wins_and_is_marked() -> None:
    right, left = member("a", side="right"), member("b", source="link", side="left")
    first, second = rows([right, left])
    assert named(first) == {"b": ("side",)}
    assert named(second) == {"a": ("side",)}
    assert (first.place_id, second.place_id) == ("a", "a"), "they stand together"


def test_one_that_fits_two_that_do_not_fit_stands_alone() -> None:
    a, b = member("a", source="one", context="x"), member("b", source="two", context="y")
    unsaid = member("c", source="three")
    assert groups(a, b, unsaid) == {frozenset("a"), frozenset("b"), frozenset("c")}
    assert [named(row) for row in rows([a, b, unsaid])] == [
        {"c": ("entry",)},
        {"c": ("entry",)},
        {"a": ("entry",), "b": ("entry",)},
    ]
    assert groups(a, unsaid) == {frozenset("ac")}, "taking one away equals never having had it"


def test_what_was_entered_in_error_is_in_no_row_and_is_marked_on_its_own_thing() -> None:
    true, wrong = member("a"), member("b", source="link", status=Status.ENTERED_IN_ERROR)
    (row,) = rows([true, wrong])
    assert row.marks == (Lookalike("b", "link", ("status",), withdrawn=True),)
    other = member("c", source="link", status=Status.ENTERED_IN_ERROR, side="left")
    (row,) = rows([true, other])
    assert not row.marks


def test_a_row_speaks_with_the_home_entry_and_shows_the_most_active_status() -> None:
    home = member("b", status=Status.PAST, at="2019")
    outside = member("a", source="link", at="2021", digest="1")
    older = member("c", source="link", status=Status.PAST, at="2022", digest="1")
    (row,) = rows([home, outside, older])
    assert (row.id, row.primary_id, row.home, row.rank, row.sort_at) == ("a", "b", True, 2, "2021")
    assert [(v.source, v.entry_id, v.entries, v.current, v.first_at) for v in row.voices] == [
        ("home", "b", 1, 0, "2019"),
        ("link", "a", 2, 1, "2021"),
    ]


def test_a_row_of_one_entry_is_of_the_place_that_it_is_from() -> None:
    home, outside = member("a", status=Status.UPCOMING, at="2021"), member("b", source="link", side="left", at="2020")
    rows_of = [(row.home, row.rank, row.sort_at, row.primary_id, row.members) for row in rows([home, outside])]
    assert rows_of == [(True, 3, "2021", "a", ("a",)), (False, 2, "2020", "b", ("b",))]
    assert [row.voices[0].current for row in rows([home, member("c", status=Status.PAST, side="right")])] == [1, 0]


def test_those_that_only_meet_are_not_compared() -> None:
    meets = [
        Member(name, source, Status.ACTIVE, "", ((Bond.MEET, "k"),), Facts(kind="health issue", identity=("a",)))
        for name, source in (("a", "home"), ("b", "link"))
    ]
    seeks = Member("c", "third", Status.ACTIVE, "", ((Bond.SEEK, "k"),), Facts(kind="health issue", identity=("a",)))
    assert len(rows(meets)) == 2
    assert len(rows([*meets, seeks])) == 3, "the one that seeks fits both, which were never compared"


def test_an_entry_that_no_rule_has_read_stands_alone() -> None:
    bare = Member("a", "home", Status.ACTIVE, "", ((Bond.SEEK, "k"),), None)
    assert len(rows([bare, member("b")])) == 2


def test_what_says_the_same_but_for_dates_is_still_told_apart_by_them() -> None:
    def dated(name: str, source: str, first: str, last: str) -> Member:
        facts = Facts(kind="health issue", identity=("a",), says={"period": (first, last, "31"), "words": ("a",)})
        return Member(name, source, Status.PAST, first, ((Bond.SEEK, "a"),), facts)

    early, same, late = (
        dated("a", "home", "2010-01-01", "2010-02-01"),
        dated("b", "one", "2010-01-03", "2010-02-01"),
        dated("c", "two", "2019-01-01", "2019-02-01"),
    )
    assert groups(early, same, late) == {frozenset("ab"), frozenset("c")}
    assert named(rows([early, late])[0]) == {"c": ("onset",)}
