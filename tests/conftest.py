"""How the tests run: nothing is judged by how long it takes, on a machine that may be busy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.gradings import Gradings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="rewrite the reports of the cases")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether the reports of the cases are to be rewritten."""
    return bool(request.config.getoption("--rewrite"))


@pytest.fixture(scope="session")
def gradings(request: pytest.FixtureRequest) -> Iterator[Gradings]:
    """What the grader says of cases, each graded once."""
    asked = [
        str(item.callspec.params["case"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and "gradings" in item.fixturenames
        and hasattr(item, "callspec")
    ]
    every = Gradings(asked)
    yield every
    every.close()


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a small course in order; not to be changed."""
    from tests import tiny_course  # what it imports, few tests need

    return tiny_course.make(tmp_path_factory.mktemp("course")).root


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    """The root of a copy of that course, to be broken."""
    return Path(shutil.copytree(whole, tmp_path / "course"))
