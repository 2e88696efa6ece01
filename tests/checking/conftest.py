"""The stage of a test that plays turns."""

import pytest

from tests.checking.stage import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()
