"""The world that the rehearsals serve, built once."""

import pytest

from tests.rehearsal.thesis_world import ThesisWorld, build_world


@pytest.fixture(scope="session")
def thesis_world(tmp_path_factory: pytest.TempPathFactory) -> ThesisWorld:
    return build_world(tmp_path_factory.mktemp("thesis_world"))
