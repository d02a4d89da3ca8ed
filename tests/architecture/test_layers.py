"""The layers: what may import what. The contracts of pyproject.toml are run here, beside what they cannot say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.parsed import ROOT, modules


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_import_contracts() -> None:
    """import-linter, as ``make lint`` runs it."""
    pytest.importorskip("importlinter")
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_tables_are_private_to_the_store() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path, tree in modules("portal", "jobs")
        if "portal/store/" not in path.as_posix()
        and any(name.startswith("portal.store.schema") for name in _imports(tree))
    ]
    assert not found


def test_nothing_is_imported_inside_a_function() -> None:
    """An import inside a function hides a cycle. Command modules are looked up by name instead."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules("portal", "jobs")
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not found


def test_one_place_commits() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules("portal", "jobs")
        if path.as_posix().rpartition("portal/")[2] not in ("store/database.py", "cli/db.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not found


def test_the_portal_never_imports_its_jobs() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path, tree in modules("portal")
        if any(name == "jobs" or name.startswith("jobs.") for name in _imports(tree))
    ]
    assert not found


def test_a_process_that_serves_loads_nothing_that_no_page_needs() -> None:
    """Migrations are run by commands; a worker would keep their tools in memory for good."""
    code = "import sys, portal.app; print(sorted({'alembic', 'mako', 'weasyprint'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_phrases_come_from_one_place() -> None:
    """Pages take them from ``portal.web.phrases``: it words them for whose record is open, and is quick."""
    phrases = {"gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "pgettext", "npgettext", "lazy_pgettext"}
    below_pages = {"portal/provider/types.py"}  # words of scopes, in machines' answers too
    found = {
        str(path.relative_to(ROOT))
        for path, tree in modules("portal", "jobs")
        if {f"flask_babel.{name}" for name in phrases} & set(_imports(tree))
    }
    assert found == below_pages


def test_pages_ask_for_a_link_by_who_may_know_of_it() -> None:
    """``links.live_link`` also gives what a person keeps private; ``proxies.link_seen_by`` and ``visible`` do not."""
    asking = [
        str(path.relative_to(ROOT))
        for path, tree in modules("portal/web")
        if any(isinstance(node, ast.Attribute) and node.attr == "live_link" for node in ast.walk(tree))
    ]
    assert not asking
