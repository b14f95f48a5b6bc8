"""One history of a served project for all tests of the flows: loopback, a new database, nothing sent anywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.flows.history import History, play


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, invented: Callable[[int], str]) -> History:
    """Return what was seen; the tests of it only read."""
    return play(tmp_path_factory.mktemp("served"), invented)
