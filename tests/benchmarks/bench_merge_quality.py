"""How well merge tells what is the same: the open labelled pairs, as a section of docs/benchmarks.md."""

from tests.benchmarks.merge_report import HERE, count, judge, pairs, table


def run() -> str:
    """Return the section of docs/benchmarks.md."""
    labelled = list(pairs(sorted(HERE.glob("*.ndjson"))))
    totals = count((pair, judge(pair)) for pair in labelled)
    return f"""## What merge takes for the same

`python -m tests.benchmarks merge_quality`: {len(labelled)} labelled pairs, in tests/benchmarks/merge_pairs (what the
columns mean: `tests/benchmarks/merge_report.py`, which names every pair with `--misses`). The set was open to those
who wrote the rules: it shows that nothing got worse. What unseen kinds of pairs give is measured on a set that is kept
apart.

{table(totals)}
"""


if __name__ == "__main__":
    print(run())
