"""How much of the code is called by names that say nothing: ``python -m tests.architecture.names [FOLDER]...``."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.parsed import ROOT, tree_of

VAGUE = frozenset({
    "found", "made", "said", "known", "kept", "wanted", "asked", "given", "some", "here", "there", "its", "what",
    "which", "mine", "gone", "one",
})  # fmt: skip
"""A reader learns nothing from these: they say that something happened, not what the thing is."""

WEAK = frozenset({"data", "result", "results", "value", "values", "item", "items"})
"""Right for what may be anything, such as a value of a mapping; too little for what has a name of its own."""

PROPER = {
    ("portal/domain/people.py", "given"): "HumanName.given (FHIR R4, datatypes.html#HumanName)",
    ("portal/demo/stories/site.py", "given"): "the same",
}
"""Names that look vague and are the standard's."""


@dataclass(frozen=True)
class Name:
    """One name at the place where it is bound. ``kind``: assignment, parameter, class, function or file."""

    path: str
    line: int
    kind: str
    text: str

    @property
    def vague(self) -> bool:
        return self.text.strip("_").lower() in VAGUE and (self.path, self.text) not in PROPER

    @property
    def weak(self) -> bool:
        return self.text.strip("_").lower() in WEAK


def python_files(*folders: str) -> Iterator[Path]:
    """Yield the project's own Python files; migrations never change again."""
    for folder in folders or ("portal", "jobs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def names(paths: Iterable[Path]) -> Iterator[Name]:
    """Yield every name that these files bind, and their own."""
    for path in paths:
        relative = str(path.relative_to(ROOT))
        yield Name(relative, 1, "file", path.stem)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield Name(relative, node.lineno, "assignment", node.id)
            elif isinstance(node, ast.arg):
                yield Name(relative, node.lineno, "parameter", node.arg)
            elif isinstance(node, ast.ClassDef):
                yield Name(relative, node.lineno, "class", node.name)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Name(relative, node.lineno, "function", node.name)


def package_of(path: str) -> str:
    """Return the package that a figure is for: "portal/store", "jobs"; "portal" for its own modules."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def share(bound: Iterable[Name]) -> tuple[int, int, int]:
    """Return how many names there are, how many are vague, and how many are weak."""
    total = vague = weak = 0
    for name in bound:
        total += 1
        vague += name.vague
        weak += name.weak
    return total, vague, weak


def main(folders: list[str]) -> None:
    """Print the figures of each package and of all."""
    by_package: dict[str, list[Name]] = defaultdict(list)
    for name in names(python_files(*folders)):
        by_package[package_of(name.path)].append(name)
    everything = [name for bound in by_package.values() for name in bound]
    print(f"{'':24}{'names':>8}{'vague':>8}{'':>9}{'weak':>8}")
    for package, bound in [*sorted(by_package.items()), ("all", everything)]:
        total, vague, weak = share(bound)
        print(f"{package:24}{total:8}{vague:8}{vague / total:9.2%}{weak:8}{weak / total:9.2%}")


if __name__ == "__main__":
    main(sys.argv[1:])
