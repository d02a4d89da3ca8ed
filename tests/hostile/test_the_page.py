"""docs/hostile-cases.md says what the tests do."""

import ast
from pathlib import Path

from tests.hostile.cases import CASES, STORIES, page
from tests.hostile.linking import ATTEMPTS

HERE = Path(__file__).parent


def test_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert len(CASES) + len(STORIES) >= 60


def test_each_story_is_a_test_and_each_test_a_story() -> None:
    found = {
        node.name.removeprefix("test_")
        for file in ("test_wrong_person.py", "test_whole_organization.py")
        for node in ast.parse((HERE / file).read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert found == set(STORIES)


def test_each_attempt_is_a_test_that_expects_its_code() -> None:
    source = (HERE.parent / "integration" / "linking" / "test_hostile.py").read_text()
    tests = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    for name, (_what, code) in ATTEMPTS.items():
        assert f'"{code}"' in (ast.get_source_segment(source, tests[f"test_{name}"]) or "")


def test_the_page_lists_them() -> None:
    assert (HERE.parents[1] / "docs" / "hostile-cases.md").read_text() == page()
