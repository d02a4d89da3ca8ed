"""What a source denies; and which entries of one organization have to be looked at to say whether they are one row."""

import pytest

from portal.domain.entry import Allergy, AnyDetail, Entry, HealthIssue, Medication
from portal.domain.sections import Section
from portal.merge import Facts
from portal.merge.reading import ruled_out
from portal.merge.relation import may_fold


def _entry(detail: AnyDetail, *notes: str, title: str = "Asthma") -> Entry:
    return Entry(section=Section.HEALTH_ISSUES, title=title, detail=detail, notes=notes)


@pytest.mark.parametrize(
    ("entry", "denied"),
    [
        (_entry(HealthIssue(verification="refuted")), True),
        (_entry(HealthIssue(verification="refuted"), "Asthma confirmed"), True),
        (_entry(HealthIssue(verification="confirmed")), False),
        (_entry(HealthIssue()), False),
        (_entry(HealthIssue(), "Asthma was ruled out"), True),
        (_entry(HealthIssue(), "Seen in clinic"), False),
        (_entry(Allergy(verification="refuted"), title="Penicillin"), True),
        (_entry(Allergy(), title="Penicillin"), False),
        (_entry(Medication(), title="Metformin 500 mg tablet"), False),  # it has nothing to verify
        (_entry(Medication(), "Take with food", title="Metformin 500 mg tablet"), False),
    ],
)
def test_what_a_source_denies(entry: Entry, denied: bool) -> None:
    assert ruled_out(entry) is denied


def _facts(kind: str = "procedure", *, digest: str = "", links: tuple[str, ...] = (), repeat: str = "") -> Facts:
    return Facts(kind=kind, identity=("a",), says={}, links=links, digest=digest, repeat=repeat, state="")


@pytest.mark.parametrize(
    ("left", "right", "looked_at"),
    [
        (_facts(digest="d"), _facts(digest="d"), True),
        (_facts(digest="d"), _facts(digest="e"), False),
        (_facts(), _facts(), False),
        (_facts(links=("reference|1",)), _facts(links=("reference|2",)), True),
        (_facts(links=("reference|1",)), _facts(), False),
        (_facts(repeat="a|visit"), _facts(repeat="a|visit"), True),
        (_facts(repeat="a|visit"), _facts(repeat="a|other"), False),
        (_facts("medication", digest="d"), _facts("medication", digest="e"), True),  # past orders share a row
    ],
)
def test_what_may_be_one_row_of_one_organization(left: Facts, right: Facts, looked_at: bool) -> None:
    assert may_fold(left, right) is may_fold(right, left) is looked_at
