"""Whether somebody may act for a person now is said in one place: who changes it there changes it for everybody."""

import ast

from tests.architecture.parsed import ROOT, modules

PLACE = "portal/store/people/proxies.py"


def _asks_for_grants_without_end(tree: ast.Module) -> bool:
    """Tell whether a module asks, of grants, which have no last day: so begins the rule."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "is_"]
    compared = {node.value.attr for node in nodes if isinstance(node.value, ast.Attribute)}
    return "ends_at" in compared and any(
        isinstance(node, ast.Name) and node.id == "proxy_grant" for node in ast.walk(tree)
    )


def test_grants_in_force_are_told_from_others_in_one_place() -> None:
    telling = {
        path.relative_to(ROOT).as_posix()
        for path, tree in modules("portal")
        if "migrations" not in path.parts and _asks_for_grants_without_end(tree)
    }
    assert telling == {PLACE}
