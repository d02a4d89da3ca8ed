"""PostgreSQL's driver does not tell the rowcount of an insert: -1, which reads as true. RETURNING tells it."""

import ast

from tests.architecture.test_files import ROOT, tracked


def _inserts(node: ast.AST) -> bool:
    calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    names = {
        call.attr if isinstance(call, ast.Attribute) else call.id
        for call in calls
        if isinstance(call, ast.Attribute | ast.Name)
    }
    return bool(names & {"insert", "from_select", "on_conflict_do_nothing", "on_conflict_do_update"})


def _rowcounts_of_inserts(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "rowcount" and _inserts(node.value)
    ]


def test_nobody_counts_by_it() -> None:
    files = [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / "portal/store")]
    counted = {path.name: lines for path in files if (lines := _rowcounts_of_inserts(path.read_text()))}
    assert not counted


def test_it_is_noticed() -> None:
    assert _rowcounts_of_inserts("conn.execute(insert(t).values(a=1)).rowcount")
    assert _rowcounts_of_inserts("bool(conn.execute(make(t).values(v).on_conflict_do_nothing()).rowcount)")
    assert not _rowcounts_of_inserts("conn.execute(update(t).values(a=1)).rowcount")
