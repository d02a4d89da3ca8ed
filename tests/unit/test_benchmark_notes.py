"""What is noted by hand beside a benchmark's figures stays when they are taken again."""

from tests.benchmarks.__main__ import with_notes


def test_notes_stay_when_a_section_is_written_again() -> None:
    assert with_notes("## Two\n", "## One\n\n<!-- notes by hand -->\nTaken at night.") == (
        "## Two\n\n<!-- notes by hand -->\nTaken at night."
    )
    assert with_notes("## Two\n", "## One") == "## Two"
