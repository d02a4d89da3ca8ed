"""What counts as not normal: by a flag, else by the own range, of every part."""

import pytest
from flask import Flask
from flask_babel import Babel

from portal.domain import entry as e
from portal.domain.sections import Section
from portal.web.health import lines
from portal.web.health.results import stands_out

_TO_TEN = (e.Range(low=e.Quantity("2", "mg/dL"), high=e.Quantity("10", "mg/dL")),)


@pytest.mark.parametrize(
    ("value", "comparator", "flag", "out"),
    [
        ("12", "", "", True),
        ("12", "", "N", False),
        ("12", "", "local-code", True),
        ("12", "", "IND", True),
        ("5", "", "H", True),
        ("5", "", "", False),
        ("100", ">", "", True),
        ("10", ">", "", True),
        ("10", ">=", "", False),
        ("5", ">", "", False),
        ("2", "<", "", True),
        ("100", "<", "", False),
    ],
)
def test_a_number_is_judged_by_its_flag_else_by_its_range(value: str, comparator: str, flag: str, out: bool) -> None:
    quantity = e.Quantity(value, "mg/dL", comparator=comparator)
    whole = e.Result(quantity=quantity, flag=flag, ranges=_TO_TEN)
    part = e.Component("Part", quantity=quantity, flag=flag, ranges=_TO_TEN)
    for detail in (whole, e.Result(components=(part,))):
        assert stands_out(e.Entry(section=Section.TEST_RESULTS, title="Test", detail=detail)) is out


def test_what_is_no_result_is_not_judged_by_its_range() -> None:
    for status in ("registered", "cancelled", "entered-in-error"):
        detail = e.Result(quantity=e.Quantity("12", "mg/dL"), fhir_status=status, ranges=_TO_TEN)
        assert not stands_out(e.Entry(section=Section.TEST_RESULTS, title="Test", detail=detail)), status


@pytest.mark.parametrize(
    ("value", "flag", "flag_text", "words"),
    [
        ("12", "", "", ["Above range"]),
        ("1", "", "", ["Below range"]),
        ("1", "L", "", ["Low"]),
        ("1", "N", "", ["Normal"]),
        ("12", "", "repeat in a week", ["repeat in a week", "Above range"]),
        ("5", "", "", []),
    ],
)
def test_what_counts_as_not_normal_has_a_word_for_it(value: str, flag: str, flag_text: str, words: list[str]) -> None:
    detail = e.Result(quantity=e.Quantity(value, "mg/dL"), flag=flag, flag_text=flag_text, ranges=_TO_TEN)
    entry = e.Entry(section=Section.TEST_RESULTS, title="Test", detail=detail)
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        assert [tag.text for tag in lines.line(entry).tags] == words
