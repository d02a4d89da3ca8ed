"""A moment becomes a day in the person's zone: at nine in the evening the day by UTC is tomorrow's."""

from tests.architecture.test_files import ROOT


def test_no_page_cuts_the_day_out_of_a_moment() -> None:
    cut = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "portal" / "web").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "isoformat()[:" in line
    ]
    assert not cut, "use formats.day_of"
