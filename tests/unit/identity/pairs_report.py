"""Both callers of ``portal.identity`` over labelled pairs of FHIR Patients: what they decide, and where that is wrong.

    python -m tests.unit.identity.pairs_report [--misses] PATH…

A line of the file: ``{"id", "kind", "left": Patient, "right": Patient, "truth", "linking": [verdicts that are right],
"match": "certain" | "may" | "never", "harm": 1-3, "why"}``. Linking compares left (ours) with right (theirs);
``$match`` is asked with right and knows left alone.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.identity.comparison import compare
from portal.identity.matching import ENOUGH, certain, weight
from portal.normalise.demographics import person_of

LABELLED = Path(__file__).parent / "pairs" / "labelled.ndjson"


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with what linking (same, near, different, cannot-tell) and ``$match`` (certain, none) make of it."""

    pair: Mapping[str, Any]
    linking: str
    match: str

    @property
    def fault(self) -> str:
        """The gravest thing wrong with it; empty when nothing is."""
        labels = self.pair["linking"]
        if self.linking == "different" and self.match == "certain":
            return "contradiction"
        if self.match == "certain" and self.pair["match"] == "never":
            return "wrong certain"
        if self.linking not in labels:
            return {"same": "wrong same", "different": "wrong different"}.get(self.linking, "other verdict")
        return "match missed" if self.match == "none" and self.pair["match"] == "certain" else ""


def judge(pair: Mapping[str, Any]) -> Judged:
    left, right = person_of(pair["left"]), person_of(pair["right"])
    verdict = compare(left, right).verdict.value
    answer = certain(right, [("left", left)]) if weight(right) >= ENOUGH else None
    return Judged(pair, "same" if verdict == "certain" else verdict, "none" if answer is None else "certain")


def read(paths: Iterable[Path]) -> list[Judged]:
    return [judge(json.loads(line)) for path in paths for line in path.read_text().splitlines() if line.strip()]


def report(pairs: list[Judged], *, misses: bool) -> str:
    verdicts = Counter(entry.linking for entry in pairs)
    wrong = Counter(entry.linking for entry in pairs if entry.linking not in entry.pair["linking"])
    share = wrong["different"] / max(len(pairs), 1)
    answers = Counter((entry.match, entry.pair["match"]) for entry in pairs)
    contradictions = sum(entry.linking == "different" and entry.match == "certain" for entry in pairs)
    lines = [
        f"{len(pairs)} pairs",
        "linking: " + ", ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items())),
        f"  wrong same {wrong['same']}, wrong different {wrong['different']} ({share:.1%})",
        f"  other verdicts {wrong['near'] + wrong['cannot-tell']}",
        f"$match: certain {sum(entry.match == 'certain' for entry in pairs)}",
        f"  wrong certain {answers['certain', 'never']}, missed {answers['none', 'certain']}",
        f"different to linking and certain to $match: {contradictions}",
        f"harm of all faults: {sum(entry.pair['harm'] for entry in pairs if entry.fault)}",
    ]
    kinds = Counter(entry.pair["kind"] for entry in pairs if entry.fault)
    lines += [f"  {count:3} {kind}" for kind, count in kinds.most_common()]
    if misses:
        lines += [
            f"{entry.pair['id']} {entry.fault}: {entry.linking}/{entry.match}, label "
            f"{'|'.join(entry.pair['linking'])}/{entry.pair['match']} ({entry.pair['kind']}): {entry.pair['why']}"
            for entry in sorted(pairs, key=lambda entry: entry.fault)
            if entry.fault
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    options = [argument for argument in sys.argv[1:] if argument.startswith("--")]
    files = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("--")]
    print(report(read(files or [LABELLED]), misses="--misses" in options))
