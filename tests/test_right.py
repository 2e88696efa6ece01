"""Right servers pass, however they are written; so do solutions, and no starter passes its own."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.course.course import Step, find_course
from tests.support import ROOT, TESTS, grader, missing_tool

COURSE = find_course(ROOT)
RIGHT = sorted(f.name for f in (TESTS / "right").iterdir() if (f / "app.py").is_file())
# Step 6 holds steps 4 and 5, and step 7 all three: whoever passes one has passed what it holds.
STEPS = (2, 3, 7)
CHAT = (6,)  # what a right server passes that is not named here
PASSES = {
    "asgi_channels": STEPS,
    "counts_by_number": (8,),
    "counts_late": (8,),
    "echo_heartbeat": (1,),
    "echo_library": (1,),
    "echo_threads": (1,),
    "fastapi_sessions": (9,),
    "files_by_hand": (2,),
    "files_of_the_library": (2,),
    "further_along": (7,),
    "leaves_the_room": (7,),
    "modals_late": (11, 12),
    "page_polling_only": (5,),
    "presence_in_database": (13,),
    "presence_in_rooms": (13,),
    "presence_in_sets": (13,),
    "says_who_wrote": (10,),
    "signed_cookie": (9,),
    "slow_handlers": (7,),
    "tabs_and_modals": (11, 12),
    "tells_some_late": (8,),
    "users_in_dicts": (10,),
    "users_in_rooms": (10,),
}
NODE = TESTS / "right" / "node"
PATIENT = 300  # seconds for a run of servers that start three processes each, on a busy machine


def all_pass(number: int, *arguments: str, cwd: Path = ROOT) -> None:
    run = grader("check", str(number), *arguments, cwd=cwd, longest=PATIENT)
    assert (run.code, run.err) == (0, ""), run.out
    assert "✗" not in run.out


def unheld(steps: Sequence[Step]) -> list[Step]:
    """Those steps whose checks are not played with those of another one of them."""
    held = {number for step in steps for number in step.holds or ()}
    return [step for step in steps if step.number not in held]


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name in RIGHT for number in PASSES.get(name, CHAT)]
)
def test_a_right_server_passes(name: str, number: int) -> None:
    all_pass(number, "--path", str(TESTS / "right" / name))


def test_a_right_server_passes_as_a_program_of_its_own() -> None:
    all_pass(6, "--server", "python app.py", cwd=TESTS / "right" / "namespace_class")


def test_a_right_server_that_uvicorn_starts_and_starts_again_passes() -> None:
    command = "uvicorn main:app --reload --port $PORT"
    all_pass(6, "--server", command, cwd=TESTS / "right" / "uvicorn_reload")


@pytest.mark.parametrize(
    ("command", "number"), [*(("node app.js", number) for number in STEPS), ("npm start", 7)]
)
def test_a_right_server_in_node_passes(command: str, number: int) -> None:
    if not shutil.which("node") or not (NODE / "node_modules").is_dir():
        missing_tool("node and npm: apt-get install nodejs npm, then make test")
    all_pass(number, "--server", command, cwd=NODE)


def test_a_right_server_in_node_without_a_package_passes() -> None:
    if not shutil.which("node"):
        missing_tool("node: apt-get install nodejs")
    all_pass(1, "--server", "node app.js", cwd=TESTS / "right" / "echo_node")


@pytest.mark.parametrize("step", COURSE.steps, ids=lambda step: str(step.number))
def test_the_solution_passes_its_step_and_those_that_it_holds(step: Step) -> None:
    for one in unheld([*COURSE.held(step), step]):
        all_pass(one.number, "--path", str(step.solution))


@pytest.mark.parametrize("step", COURSE.steps, ids=lambda step: str(step.number))
def test_the_starter_fails_its_own_step_and_passes_those_that_it_holds(step: Step) -> None:
    assert grader("check", str(step.number)).code == 1
    for one in unheld(COURSE.held(step)):
        all_pass(one.number, "--path", str(step.folder))
