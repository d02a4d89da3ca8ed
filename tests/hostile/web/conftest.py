"""The stage is built once: reading it is what these tests do; one that changes it builds its own."""

from collections.abc import Iterator

import pytest

from tests.hostile.web.stage import Stage, build


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = build(tmp_path_factory.mktemp("stage"))
    yield made
    made.services.db.close()
