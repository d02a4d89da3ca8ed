"""The project's code as trees, each file read once for all rules of a process."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the tree of a file; whoever changes one parses it for themselves."""
    return ast.parse(path.read_text())


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield each file of folders of the project, and its tree."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, tree_of(path)
