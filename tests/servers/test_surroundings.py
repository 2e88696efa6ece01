"""A server gets what the course promises and what machines differ in, and no secret of ours."""

import sys
from pathlib import Path

import pytest

from grader.servers import surroundings

STATIC = Path("/course/static")


def given(*more: str) -> dict[str, str]:
    return surroundings.given(4321, STATIC, "/home/nobody", more)


def test_a_server_gets_what_the_course_promises() -> None:
    assert given()["PORT"] == "4321"
    assert given()["STATIC_DIR"] == str(STATIC)
    assert given()["HOME"] == "/home/nobody"
    assert given()["PATH"].startswith(str(Path(sys.executable).parent))


@pytest.mark.parametrize(
    "name",
    ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK", "PGPASSWORD", "MY_PATH", "LCD", ""],
)
def test_what_is_nobody_elses_business_is_not_handed_on(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name:
        monkeypatch.setenv(name, "a secret")
    assert "a secret" not in given().values()
    assert "a secret" not in surroundings.allowed().values()


@pytest.mark.parametrize(
    "name", ["LANG", "LC_TIME", "TZ", "VIRTUAL_ENV", "NODE_PATH", "PYENV_ROOT"]
)
def test_what_machines_differ_in_is_handed_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "as it is here")
    assert given()[name] == "as it is here"


def test_what_is_asked_for_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "a = b")
    monkeypatch.delenv("NOTHING", raising=False)
    asked = given("KEY", "NOTHING", "EMPTY=", "PORT=1=2")
    assert asked["KEY"] == "a = b"
    assert asked["EMPTY"] == ""
    assert asked["PORT"] == "1=2"
    assert "NOTHING" not in asked


def test_the_shared_files_are_the_callers_or_else_the_courses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "course" / "steps" / "step06"
    monkeypatch.delenv("STATIC_DIR", raising=False)
    assert surroundings.static_of(folder, None) == tmp_path / "course" / "static"
    assert surroundings.static_of(folder, STATIC) == STATIC
    monkeypatch.setenv("STATIC_DIR", "/elsewhere")
    assert surroundings.static_of(folder, STATIC) == Path("/elsewhere")
