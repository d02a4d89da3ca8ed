"""The rules as data: what a changed rule does to a verdict, and the document that is made from them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from portal.merge import rules_text
from portal.merge.rules import RULES
from portal.refresh.compare import compare

DOCUMENT = Path(__file__).parents[3] / "docs" / "merge-rules.md"


def order(text: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        **more,
    }


def test_the_document_is_made_from_the_rules() -> None:
    assert DOCUMENT.read_text() == rules_text.markdown(), "portal records rules > docs/merge-rules.md"


@pytest.mark.parametrize("kind", list(RULES))
def test_every_property_says_what_it_is(kind: str) -> None:
    names = [item.name for item in RULES[kind].apart]
    assert len(set(names)) == len(names)
    assert all(item.about or item.name == "status" for item in RULES[kind].apart)


def test_a_changed_rule_changes_the_verdict_and_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = order("lisinopril 10 mg tablet"), order("lisinopril 20 mg tablet")
    verdict = compare(left, right)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    rules = RULES["medication"]
    monkeypatch.setitem(
        RULES,  # type: ignore[arg-type]
        "medication",
        msgspec.structs.replace(rules, apart=tuple(item for item in rules.apart if item.name != "strength")),
    )
    assert compare(left, right).verdict == "same"
    assert "\n| strength |" not in rules_text.markdown().partition("## Health issues")[0]
