"""The tables of security requirements name tests that exist, and are complete; the document is made from them."""

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

import pytest

from portal.store.schema import metadata
from tests.architecture.test_files import ROOT
from tests.conformance import forms
from tests.conformance.security import CHAPTERS, KINDS, as_markdown, counts, rows
from tests.shared_data import shared

_TABLES = ("asvs", "smart")


@cache
def _tests_of(path: str) -> frozenset[str]:
    if not (ROOT / path).is_file():
        return frozenset()
    return frozenset(
        node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)
    )


def _lost(named: Iterable[str]) -> list[str]:
    """Return those that are no id of a test that exists."""
    lost = []
    for test in sorted(named):
        path, _, name = test.partition("::")
        if not path.startswith("tests/") or not name.startswith("test_") or name not in _tests_of(path):
            lost.append(test)
    return lost


@pytest.mark.parametrize("table", _TABLES)
def test_each_test_that_is_named_exists(table: str) -> None:
    named = {row["holds"] for row in rows(table)} - set(KINDS)
    assert named
    assert not _lost(named)


def test_each_flow_of_the_threat_model_names_tests_that_exist() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text()
    flows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(flows) > 15
    for flow, _wrong, _holds, tests in flows:
        named = re.findall(r"`([^`]*)`", tests)
        assert named, flow
        assert not _lost(named), flow


def test_what_is_no_test_is_noticed() -> None:
    own = "tests/conformance/test_security.py::test_what_is_no_test_is_noticed"
    others = [own.replace("noticed", "seen"), own.replace("test_security", "test_insecurity"), "Not done"]
    assert _lost([own, *others]) == sorted(others)


def test_each_requirement_of_levels_1_and_2_has_one_row() -> None:
    """Counted in the standard's own list: 70 of level 1, 183 of level 2."""
    asvs = rows("asvs")
    assert Counter(row["level"] for row in asvs) == {"1": 70, "2": 183}
    numbers = [tuple(int(part) for part in row["requirement"][1:].split(".")) for row in asvs]
    assert numbers == sorted(set(numbers))
    assert {row["requirement"].split(".")[0] for row in asvs} == set(CHAPTERS)
    assert all(row["what it asks for"] for row in asvs)


def test_the_document_is_made_from_the_tables() -> None:
    for table in _TABLES:
        print(table, counts(rows(table)))
    page = (ROOT / "docs" / "security.md").read_text()
    assert page == as_markdown(), "write it again: python -m tests.conformance.security > docs/security.md"


def test_every_row_of_smart_is_there_on_its_side() -> None:
    with shared("requirements", "smart_app_launch_requirements.csv").open(newline="", encoding="utf-8-sig") as file:
        published = [row for row in csv.DictReader(file) if row["Actors"]]
    assert Counter(row["Actors"] for row in published) == {"Server": 530, "Client": 346}  # of both versions
    ours = {row["row"]: row["side"] for row in rows("smart")}
    assert {row["ID"]: row["Actors"].lower() for row in published} == ours


_LIBRARIES = frozenset({"cryptography", "joserfc", "argon2", "hmac", "hashlib", "pyotp", "itsdangerous", "webauthn"})


def _imported(tree: ast.AST) -> frozenset[str]:
    named: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named.append(node.module or "")
    return frozenset(name.partition(".")[0] for name in named)


def test_each_use_of_cryptography_is_listed() -> None:
    using = {
        path.relative_to(ROOT / "portal").as_posix()
        for path in (ROOT / "portal").rglob("*.py")
        if _LIBRARIES & _imported(ast.parse(path.read_text()))
    }
    assert using == {module for row in rows("cryptography") for module in row["modules"].split()}
    assert all(row["algorithm"] and row["bits"] and row["key"] for row in rows("cryptography"))


_CONNECTING = frozenset({"socket", "smtplib", "httpx2", "httpcore2", "redis", "urllib.request", "http.client"})


def test_everybody_who_is_called_is_listed() -> None:
    calling = {"store/engine/database.py"}  # whose driver SQLAlchemy loads
    for path in (ROOT / "portal").rglob("*.py"):
        tree = ast.parse(path.read_text())
        named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        if _CONNECTING & named:
            calling.add(path.relative_to(ROOT / "portal").as_posix())
    calling.discard("web/serving/worker.py")  # answers, and calls nobody
    assert calling == {module for row in rows("calls") for module in row["modules"].split()}


def test_each_table_is_of_one_class_of_data() -> None:
    tables = [table for row in rows("data") for table in row["tables"].split()]
    assert sorted(tables) == sorted(metadata.tables)
    assert not _lost(row["test"] for row in rows("data"))


_WEAK = re.compile(r"\b(ECB|CBC|CTR|OFB|RC4|DES|TripleDES|PKCS1v15|RSA1_5)\b")


def test_nothing_is_encrypted_without_being_authenticated() -> None:
    for path in (ROOT / "portal").rglob("*.py"):
        code = ast.unparse(ast.parse(path.read_text()))
        if _LIBRARIES & _imported(ast.parse(code)):
            assert not _WEAK.search(code), path


def test_the_rules_of_every_form_are_written_down() -> None:
    page = (ROOT / "docs" / "input.md").read_text()
    assert page == forms.as_markdown(), "python -m tests.conformance.forms > docs/input.md"
    named = re.findall(r"`(tests/[^`]*::[^`]*)`", page)
    assert len(named) > 10
    assert not _lost(named)


def test_how_soon_weaknesses_are_mended_is_said() -> None:
    text = (ROOT / "SECURITY.md").read_text().partition("## How soon")[2].partition("\n## ")[0]
    assert len(re.findall(r"\b\d+ days\b|within \d+\b", text)) >= 3
    assert "component" in text
