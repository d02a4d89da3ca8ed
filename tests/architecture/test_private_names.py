"""Private names of dependencies are used where ADR 10 lists them, and nowhere else."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.test_files import ROOT

DECISION = ROOT / "docs/adr/0010-private-parts-of-dependencies.md"
DOCUMENTED = frozenset({"_exit", "_asdict", "_make", "_get_current_object"})  # see the decision


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def uses(tree: ast.Module) -> Iterator[str]:
    """ "package._module", or "._name" of a value that is not ``self`` or ``cls``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] not in ("portal", "jobs"):
            if any(map(is_private, node.module.split("."))):
                yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if is_private(alias.name))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if any(map(is_private, alias.name.split("."))))
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and not is_own(node):
            yield f".{node.attr}"
        else:
            yield from (f".{name}" for name in named(node) if is_private(name))


def named(node: ast.AST) -> Iterator[str]:
    """Yield the names by which ``getattr`` and its like, or ``vars(…)[…]``, ask for a part of something."""
    asks: list[ast.expr] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ASKING:
        asks = node.args
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        asks = [node.slice] if node.value.func.id == "vars" else []
    yield from (each.value for each in asks if isinstance(each, ast.Constant) and isinstance(each.value, str))


_ASKING = frozenset({"attrgetter", "delattr", "getattr", "hasattr", "methodcaller", "setattr"})


def is_own(node: ast.Attribute) -> bool:
    return node.attr in DOCUMENTED or (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))


def test_private_names_are_the_listed_ones() -> None:
    used = {
        (path.relative_to(ROOT).as_posix(), name)
        for folder in ("portal", "jobs")
        for path in (ROOT / folder).rglob("*.py")
        for name in uses(ast.parse(path.read_text()))
    }
    listed = set(re.findall(r"^\| `([^`]+\.py)` \| `([^`]+)`", DECISION.read_text(), re.MULTILINE))
    assert used == listed


def test_private_names_are_found_however_they_are_asked_for() -> None:
    written = "a._b; getattr(a, '_c'); vars(a)['_d']; setattr(a, '_e', 1); getattr(a, 'f'); vars(a)['g']; self._h"
    assert set(uses(ast.parse(written))) == {"._b", "._c", "._d", "._e"}
