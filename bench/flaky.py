"""Whether verdicts change: on servers of step 6, and on every half-done state of every step.

`python -m bench.flaky [ROUNDS [NAME ...]]`, 100 unless told: so often step 6 is graded on its
solution, ten wrong servers and five right ones; a tenth as often on right ones that take seconds to
start; and a fifth as often every state of every step, its page too where there is a browser: at
each the checks of the tasks that are done pass, and no others. With NAMEs, on these servers alone.
Every core is kept busy by another process meanwhile. Prints each change, and how many there were;
exit code 1 where there was one.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.browser.chromium import Browser
from grader.course.course import Course, Step, find_course
from grader.dev.cases import shelf
from grader.dev.cases.case import folder, unfold
from grader.dev.halfdone import judged
from grader.dev.violation import Violation

ROOT = Path(__file__).parent.parent
GRADER = str(Path(sys.executable).with_name("grader"))
WRONG = (
    "global_username",
    "handler_inside_connect",
    "left_before_removal",
    "left_only_online_at_join",
    "left_twice",
    "list_broadcast",
    "list_cached",
    "room_for_five",
    "stranger_removes_last",
    "no_disconnect_handler",
)
RIGHT = (  # in other frameworks, and with habits of their own
    "on_localhost",
    "port_in_the_file",
    "tornado_rooms",
    "users_in_a_file",
    "users_in_sqlite",
)
SLOW = ("fastapi_at_root", "flask_factory", "flask_plain", "flask_reloader", "sanic_workers")
AT_A_TIME = 4

Verdicts = dict[str, str]  # check id → verdict


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    names = sys.argv[2:]
    with tempfile.TemporaryDirectory() as place:
        quick, slow = submissions(Path(place))
        if names:
            sys.exit(bool(told(rounds, [one for one in (*quick, *slow) if one.name in names])))
        changed = told(rounds, quick) + told(max(1, rounds // 10), slow)
    wrong = half_done(max(1, rounds // 5))
    sys.exit(1 if changed or wrong else 0)


def told(rounds: int, folders: list[Path]) -> int:
    """Grade the servers so often and say what came of it; how many verdicts changed."""
    changed, checks = repeated(rounds, folders)
    count = f"{rounds} rounds of {len(folders)} servers, {rounds * checks} verdicts"
    print(f"{count}: {changed} changed", flush=True)
    return changed


def half_done(rounds: int) -> int:
    """Play every state of every step so often; how many of their checks are ever judged wrong."""
    course = find_course(ROOT)
    wrong = 0
    with busy():
        for step in course.steps:
            found = asyncio.run(_played(course, step, rounds))
            wrong += len(found)
            print(*found, f"{rounds} rounds of step {step.number}, half done", sep="\n", flush=True)
    print(f"{wrong} checks of half-done work judged wrong")
    return wrong


async def _played(course: Course, step: Step, rounds: int) -> list[Violation]:
    browser = Browser(ROOT / "static")
    try:
        return await judged(course, [step], None if await browser.ready() else browser, rounds)
    finally:
        await browser.close()


def submissions(place: Path) -> tuple[list[Path], list[Path]]:
    """The folders of the servers, and of those slow to start; the wrong ones are in `place`."""
    solution = next((ROOT / "solutions").glob("step06_*"))
    for name in WRONG:
        case = shelf.read(ROOT, f"step06/{name}")
        unfold(case.applied(folder(solution)), place / name)
    right = ROOT / "tests" / "right"
    quick = [solution, *(place / name for name in WRONG), *(right / name for name in RIGHT)]
    return quick, [right / name for name in SLOW]


def repeated(rounds: int, folders: list[Path]) -> tuple[int, int]:
    """Grade them all again and again; how many verdicts changed, and how many a round has."""
    first = {folder: verdicts(folder) for folder in folders}
    changed = 0
    with busy(), ThreadPoolExecutor(AT_A_TIME) as pool:
        for number in range(1, rounds + 1):
            for folder, found in zip(folders, pool.map(verdicts, folders), strict=True):
                for check, verdict in found.items():
                    if verdict != first[folder][check]:
                        changed += 1
                        print(f"round {number}, {folder.name}, {check}: {verdict}")
            if sys.stdout.isatty() or number % 10 == 0:
                print(f"{number} rounds, {changed} changed verdicts", flush=True)
    return changed, sum(len(found) for found in first.values())


def verdicts(folder: Path) -> Verdicts:
    """The verdict of every check of step 6 on a submission."""
    done = subprocess.run(
        [GRADER, "check", "6", "--path", str(folder), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    step = json.loads(done.stdout)["steps"][0]
    return {check["id"]: check["verdict"] for check in step["checks"]}


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """Keep every core busy meanwhile."""
    burners = [
        multiprocessing.Process(target=burn, daemon=True) for _ in range(os.cpu_count() or 1)
    ]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()


def burn() -> None:
    """Keep one core busy."""
    while True:
        pass


if __name__ == "__main__":
    main()
