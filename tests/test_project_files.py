"""The files around the project say what its Makefile does."""

import tomllib
from typing import Any

import yaml

from tests.support import ROOT


def workflow() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text()))


def test_public_ci_runs_on_three_systems_and_all_supported_pythons() -> None:
    jobs = workflow()["jobs"]
    matrix = jobs["elsewhere"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert f">={matrix['python'][0]}" == oldest
    for job in jobs.values():
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])


def test_public_ci_runs_the_tests_as_the_makefile_does() -> None:
    (last,) = [s["run"] for s in workflow()["jobs"]["elsewhere"]["steps"] if "pytest" in str(s)]
    assert last.removeprefix("python ") in (ROOT / "Makefile").read_text()


def test_before_a_commit_the_linters_run() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (hook,) = config["repos"][0]["hooks"]
    assert (hook["entry"], hook["pass_filenames"]) == ("make lint", False)
