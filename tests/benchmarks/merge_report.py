"""How well merge tells what is the same, on labelled pairs.

``python -m tests.benchmarks.merge_report FILE… [--misses]``: the files are JSON lines as in
``tests/benchmarks/merge_pairs``, a pair of resources each with what a clinician says about it. ``--misses`` names every
pair that is judged otherwise.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from portal.refresh.compare import PairVerdict, compare
from portal.store.records import packing

HERE = Path(__file__).parent / "merge_pairs" / "open"


def pairs(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Every labelled pair of the files, numbers as written."""
    for path in paths:
        for line in path.read_bytes().splitlines():
            if line.strip():
                yield packing.decode(line)


def judge(pair: Mapping[str, Any]) -> PairVerdict:
    """What the portal makes of a labelled pair."""
    return compare(pair["left"], pair["right"], one_organization=pair["one_organization"], pair_id=pair["id"])


def faults(pair: Mapping[str, Any], verdict: PairVerdict) -> tuple[str, ...]:
    """Where the verdict departs from the label, in words that ``count`` adds up."""
    joined, differs = verdict.verdict == "same", bool(verdict.disagreements)
    names = []
    if pair["truth"] == "different" and joined:
        names += ["wrong join", f"wrong join, harm {pair['harm']}", *([] if differs else ["silent wrong join"])]
    if pair["truth"] == "same" and not joined:
        names.append("missed, marked" if verdict.may_be_same else "missed")
    # Of texts that are only worded differently a row shows both, too.
    if pair["conflict"] and not (verdict.may_be_same or (joined and (differs or verdict.wordings))):
        names.append("conflict not shown")
    if pair["truth"] == "same" and not pair["conflict"] and joined and differs:
        names.append("false disagreement")
    if pair["unrelated"] and verdict.may_be_same:
        names.append("mark on unrelated")
    if pair["may_be_same"] is True and not joined and not verdict.may_be_same:
        names.append("mark missing")
    if pair["may_be_same"] is False and not joined and verdict.may_be_same:
        names.append("mark too many")
    if pair["one_organization"] and verdict.hidden:
        names.append("hidden in one organization")
    if verdict.verdict == "refused":
        names.append("refused")
    return tuple(names)


def count(judged: Iterable[tuple[Mapping[str, Any], PairVerdict]]) -> dict[str, Counter[str]]:
    """Per section and under "all": the faults, and of how many pairs each could be one."""
    totals: dict[str, Counter[str]] = {}
    for pair, verdict in judged:
        names = [*faults(pair, verdict), "pairs", f"truth {pair['truth']}"]
        names += ["conflicts"] if pair["conflict"] else ["same without conflict"] if pair["truth"] == "same" else []
        names += [name for name in ("unrelated", "one_organization") if pair[name]]
        for section in (pair["section"], "all"):
            totals.setdefault(section, Counter()).update(names)
    return totals


def table(totals: Mapping[str, Counter[str]]) -> str:
    """The figures as a Markdown table, the whole last."""
    head = (
        "| section | pairs | different | wrong joins (harm 1/2/3; silent) | conflicts shown | false disagreements "
        "| missed joins (marked) | marks on unrelated | hidden in one organization | mark missing/too many | refused |"
    )
    lines = [head, "|---" * 11 + "|"]
    for section in [*sorted(name for name in totals if name != "all"), "all"]:
        n = totals[section]
        harms = "/".join(str(n[f"wrong join, harm {harm}"]) for harm in (1, 2, 3))
        missed = n["missed"] + n["missed, marked"] / 2
        lines.append(
            f"| {section} | {n['pairs']} | {n['truth different']} "
            f"| {n['wrong join']} = {_share(n['wrong join'], n['truth different'])} "
            f"({harms}; {n['silent wrong join']}) "
            f"| {n['conflicts'] - n['conflict not shown']} of {n['conflicts']} "
            f"= {_share(n['conflicts'] - n['conflict not shown'], n['conflicts'])} "
            f"| {n['false disagreement']} of {n['same without conflict']} "
            f"= {_share(n['false disagreement'], n['same without conflict'])} "
            f"| {missed:g} of {n['truth same']} = {_share(missed, n['truth same'])} ({n['missed, marked']}) "
            f"| {n['mark on unrelated']} of {n['unrelated']} = {_share(n['mark on unrelated'], n['unrelated'])} "
            f"| {n['hidden in one organization']} of {n['one_organization']} "
            f"| {n['mark missing']}/{n['mark too many']} | {n['refused']} |"
        )
    return "\n".join(lines)


def _share(part: float, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def main(arguments: list[str]) -> None:
    """Print the table for the files (default: the set of the project), and with ``--misses`` every miss."""
    paths = [Path(name) for name in arguments if not name.startswith("--")] or sorted(HERE.glob("*.ndjson"))
    judged = [(pair, judge(pair)) for pair in pairs(paths)]
    if "--misses" in arguments:
        for pair, verdict in judged:
            named = [name for name in faults(pair, verdict) if "harm" not in name]
            if named:
                shown = {one.field: [one.left, one.right] for one in verdict.disagreements}
                print(pair["id"], pair["kind"], f"[{'; '.join(named)}]", pair["why"], json.dumps(shown), sep=" | ")
    print(table(count(judged)))


if __name__ == "__main__":
    main(sys.argv[1:])
