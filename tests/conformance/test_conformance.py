"""The conformance checks, as a test; the table is printed with ``-s``."""

from tests.conformance.app import App
from tests.conformance.checks import run, table


def test_every_check_passes(portal: App) -> None:
    results = run(portal)
    print(table(results))
    assert not [result for result in results if not result.passed], table(results)
    assert len(results) > 50
