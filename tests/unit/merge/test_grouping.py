"""Grouping is a function of the set of entries: no order, no history, no wrong join."""

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.entry import Status
from portal.merge import Bond, Member, rows

_IDS = st.text("abcdefgh", min_size=3, max_size=3)
_KEYS = st.lists(st.tuples(st.sampled_from(Bond), st.sampled_from(["k1", "k2", "k3", "k4"])), max_size=3, unique=True)
_TRAITS = st.dictionaries(
    st.sampled_from(["snomed", "form"]), st.sampled_from([("x",), ("y",), ("x", "y")]), max_size=2
)
_MEMBERS = st.lists(
    st.builds(
        Member,
        id=_IDS,
        source=st.sampled_from(["home", "link-a", "link-b"]),
        status=st.sampled_from(Status),
        sort_at=st.sampled_from(["", "2020", "2021-03-04"]),
        keys=_KEYS.map(lambda keys: tuple((bond, f"{bond}:{key}") for bond, key in keys)),
        traits=_TRAITS,
    ),
    max_size=12,
    unique_by=lambda member: member.id,
)


def member(name: str, *keys: tuple[Bond, str], source: str = "home", **more: object) -> Member:
    values = {"status": Status.ACTIVE, "sort_at": "2020", "traits": {}} | more
    return Member(name, source, keys=keys, **values)  # type: ignore[arg-type]


def groups(*members: Member) -> set[frozenset[str]]:
    return {frozenset(row.members) for row in rows(members)}


@settings(max_examples=300)
@given(_MEMBERS, st.randoms(use_true_random=False))
def test_order_does_not_matter(members: list[Member], random: object) -> None:
    shuffled = list(members)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rows(shuffled) == rows(members)


@settings(max_examples=300)
@given(_MEMBERS)
def test_every_listed_entry_is_in_exactly_one_row(members: list[Member]) -> None:
    placed = [one for row in rows(members) for one in row.members]
    listed = [one.id for one in members if one.status is not Status.ENTERED_IN_ERROR]
    assert sorted(placed) == sorted(listed)


@settings(max_examples=300)
@given(_MEMBERS)
def test_grouping_each_group_again_changes_nothing_for_certain_keys(members: list[Member]) -> None:
    certain = [
        Member(one.id, one.source, one.status, one.sort_at, tuple(k for k in one.keys if k[0] is Bond.SAME))
        for one in members
    ]
    by_id = {one.id: one for one in certain}
    for row in rows(certain):
        again = rows([by_id[name] for name in row.members])
        assert again == (row,)


@settings(max_examples=300)
@given(_MEMBERS)
def test_entries_sharing_a_certain_key_are_in_one_row(members: list[Member]) -> None:
    row_of = {name: row.id for row in rows(members) for name in row.members}
    listed = [one for one in members if one.id in row_of]
    for one in listed:
        for other in listed:
            shared = {key for bond, key in one.keys if bond is Bond.SAME} & {
                key for bond, key in other.keys if bond is Bond.SAME
            }
            if shared:
                assert row_of[one.id] == row_of[other.id]


def test_a_shared_certain_key_joins_through_others() -> None:
    chained = groups(
        member("a", (Bond.SAME, "1")), member("b", (Bond.SAME, "1"), (Bond.SAME, "2")), member("c", (Bond.SAME, "2"))
    )
    assert chained == {frozenset("abc")}


def test_a_coarse_code_joins_unless_finer_codes_differ() -> None:
    icd = (Bond.CODE, "E11.9")
    fine = member("a", icd, traits={"snomed": ("44054006",)})
    without = member("b", icd, source="link")
    other = member("c", icd, source="link", traits={"snomed": ("190331003",)})
    assert groups(fine, without) == {frozenset("ab")}
    assert groups(fine, other) == {frozenset("a"), frozenset("c")}
    assert groups(fine, without, other) == {frozenset("a"), frozenset("b"), frozenset("c")}, "ambiguous: joins nothing"


def test_taking_the_ambiguous_one_away_equals_never_having_had_it() -> None:
    icd = (Bond.CODE, "E11.9")
    fine, without = member("a", icd, traits={"snomed": ("1",)}), member("b", icd, source="link")
    other = member("c", icd, source="link-2", traits={"snomed": ("2",)})
    everything = rows([fine, without, other])
    assert everything != rows([fine, without])
    assert rows([one for one in (fine, without, other) if one.source != "link-2"]) == rows([fine, without])


def test_a_rival_joins_two_organizations_but_not_what_one_documents_twice() -> None:
    ingredient = (Bond.RIVAL, "lisinopril")
    ten = member("a", ingredient, (Bond.SAME, "10"))
    twenty = member("b", ingredient, (Bond.SAME, "20"), source="riverbend")
    both = member("c", ingredient, (Bond.SAME, "10"), source="riverbend")
    assert groups(ten, twenty) == {frozenset("ab")}
    assert groups(ten, twenty, both) == {frozenset("ac"), frozenset("b")}


def test_a_rival_of_another_form_stays_apart() -> None:
    ingredient = (Bond.RIVAL, "albuterol")
    inhaler = member("a", ingredient, traits={"form": ("inhaler",)})
    solution = member("b", ingredient, source="link", traits={"form": ("solution",)})
    assert groups(inhaler, solution) == {frozenset("a"), frozenset("b")}


def test_weak_keys_do_not_chain_different_codes_together() -> None:
    a = member("a", (Bond.CODE, "1"), traits={"snomed": ("x",)})
    b = member("b", (Bond.CODE, "1"), (Bond.TEXT, "t"))
    c = member("c", (Bond.TEXT, "t"), traits={"snomed": ("y",)})
    assert groups(a, b, c) == {frozenset("a"), frozenset("b"), frozenset("c")}


def test_a_row_speaks_with_the_home_entry_and_shows_the_most_active_status() -> None:
    home = member("b", (Bond.SAME, "1"), status=Status.PAST, sort_at="2019")
    outside = member("a", (Bond.SAME, "1"), source="link", status=Status.ACTIVE, sort_at="2021")
    older = member("c", (Bond.SAME, "1"), source="link", status=Status.PAST, sort_at="2022")
    (row,) = rows([home, outside, older])
    assert (row.id, row.primary_id, row.home, row.rank, row.sort_at) == ("a", "b", True, 2, "2021")
    assert [(voice.source, voice.entry_id, voice.entries) for voice in row.voices] == [
        ("home", "b", 1),
        ("link", "a", 2),
    ]


def test_what_was_entered_in_error_neither_shows_nor_joins() -> None:
    one, two = member("a", (Bond.SAME, "1")), member("b", (Bond.SAME, "2"))
    wrong = member("c", (Bond.SAME, "1"), (Bond.SAME, "2"), status=Status.ENTERED_IN_ERROR)
    assert groups(one, two, wrong) == {frozenset("a"), frozenset("b")}
