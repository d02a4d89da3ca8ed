"""Each kind of failure has a sentence of its own (requirement H2)."""

import pytest
from flask import Flask

from portal.domain.links import Outcome
from portal.web.links import words
from portal.web.links.failures import failure

KINDS = {
    "refused": ("http-403",),
    "question": ("http-400", "http-422"),
    "broken": ("http-500", "http-502"),
    "limited": ("page-budget", "refresh-budget", "answer-too-large", "too-deep", "empty-pages", "reference-budget"),
    "unreadable": ("not-json", "html", "content-type", "not-a-bundle", "truncated", "unusable-entries"),
    "elsewhere": ("other-origin", "outside-base", "redirect", "next-loop"),
    "version": ("fhir-version",),
    "others": ("other-person",),
    "unclear": ("unclear-subject",),
    "withheld": ("outcome-suppressed",),
    "incomplete": ("outcome-timeout", "outcome-exception"),
    "slow": ("timeout", "answer-too-slow"),
    "down": ("connection-refused", "tls"),
    "busy": ("http-429", "http-503"),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_kind_says_something_else(app: Flask, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        sentences = {kind: {failure(code, "Riverbend") for code in codes} for kind, codes in KINDS.items()}
        default = failure("nobody-knows", "Riverbend")
        partly = words.outcome(Outcome.PARTLY, "outcome-suppressed", "Riverbend")
    assert {kind: len(said) for kind, said in sentences.items()} == dict.fromkeys(KINDS, 1)
    every = [next(iter(said)) for said in sentences.values()]
    assert len({*every, default}) == len(KINDS) + 1
    assert next(iter(sentences["withheld"])) in partly
