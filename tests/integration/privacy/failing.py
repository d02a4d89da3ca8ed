"""A job that fails with a person's data in its message, as a library's error might."""

from tests.hostile.web.stage import MARK


def run(*, instance: str) -> None:
    raise ValueError(f"{instance}: cannot read {{'name': '{MARK} of the failed job'}}")
