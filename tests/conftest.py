"""How the tests run: nothing is judged by how long it takes, on a machine that may be busy."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a small course in order; not to be changed."""
    from tests import tiny_course  # what it imports, few tests need

    return tiny_course.make(tmp_path_factory.mktemp("course")).root


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    """The root of a copy of that course, to be broken."""
    return Path(shutil.copytree(whole, tmp_path / "course"))
