"""On a phone a row of a test gives its whole width to what cannot be broken."""

from types import SimpleNamespace

import pytest

from portal.web.health.models import Test as Row


@pytest.mark.parametrize(
    ("title", "main", "value", "wide"),
    [
        ("Sodium", "", "140 mmol/L", False),
        ("Glucose", "1" + "0" * 28 + " mg/dL", "", True),
        ("Glucose", "", "1" + "0" * 28 + " mg/dL", True),
        ("Electroencephalography", "", "", True),
        ("Urine albumin/creatinine ratio", "", "18 mg/g", True),  # browsers break no line after a slash
    ],
)
def test_a_long_word_or_number_makes_a_row_wide(title: str, main: str, value: str, wide: bool) -> None:
    item = SimpleNamespace(line=SimpleNamespace(title=title, main=main, value=value), voices=())
    row = Row(item=item, out=False, facts=(), spark=None, trend="", symbol=False)  # type: ignore[arg-type]
    assert row.wide is wide
