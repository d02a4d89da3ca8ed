"""How well merge tells what is the same: precision and recall on the labelled set, and every miss by name."""

from collections import Counter

from portal.domain.dates import sort_key
from portal.domain.entry import Entry
from portal.merge import Member, SourcedEntry, disagreements, marks, rows
from portal.normalise import to_entry
from portal.normalise.context import nothing
from tests.benchmarks.merge_set import Pair, all_pairs


def judged(pair: Pair) -> tuple[bool, frozenset[str]]:
    """Whether merge joins the pair, and the fields it says the two disagree in."""
    here, there = to_entry(pair.here, nothing), to_entry(pair.there, nothing)
    if here.section is not there.section:
        return False, frozenset()
    joined = len(rows([_member("a", "home", here), _member("b", "riverbend", there)])) == 1
    found = disagreements([SourcedEntry("a", "home", here), SourcedEntry("b", "riverbend", there)])
    return joined, frozenset(one.field for one in found)


def _member(name: str, source: str, entry: Entry) -> Member:
    found = marks(entry)
    return Member(name, source, entry.status, sort_key(entry.when), found.keys, found.traits)


def run() -> str:
    """The section of docs/benchmarks.md."""
    counts: Counter[str] = Counter()
    misses: list[str] = []
    for pair in all_pairs():
        joined, fields = judged(pair)
        should = pair.label != "different"
        counts[f"{'right' if joined == should else 'wrong'} {'joined' if joined else 'apart'}"] += 1
        counts[pair.label] += 1
        if joined != should:
            misses.append(f"- {'wrongly joined' if joined else 'missed'}: {pair.here['resourceType']}, {pair.why}")
        elif pair.label == "disagreeing" and not fields:
            misses.append(f"- disagreement not seen: {pair.here['resourceType']}, {pair.why}")
            counts["unseen"] += 1
    precision, recall = rates(counts)
    lines = "\n".join(misses) or "- none"
    total = counts["same"] + counts["disagreeing"] + counts["different"]
    return f"""## What merge takes for the same

`python -m tests.benchmarks merge_quality`: {total} labelled pairs ({counts["same"]} same, {counts["disagreeing"]}
disagreeing, {counts["different"]} different), in tests/benchmarks/merge_set. Required: precision at least 0.995, recall
at least 0.92. The set was written by the same hands as the rules: it shows that nothing got worse, and is no estimate
of what records never seen would give.

precision {precision:.4f} · recall {recall:.4f} · disagreements seen {counts["disagreeing"] - counts["unseen"]} of \
{counts["disagreeing"]}

Misses:

{lines}
"""


def rates(counts: Counter[str]) -> tuple[float, float]:
    """(precision, recall) of joining."""
    joined = counts["right joined"] + counts["wrong joined"]
    should = counts["right joined"] + counts["wrong apart"]
    return counts["right joined"] / joined, counts["right joined"] / should


if __name__ == "__main__":
    print(run())
