"""Whether verdicts change: step 6 on its solution and ten wrong servers, again and again.

`python -m bench.flaky [ROUNDS]`, 100 unless told. Every core is kept busy by another process
meanwhile. Prints each change, and how many there were; exit code 1 where there was one.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.dev.cases import shelf
from grader.dev.cases.case import folder, unfold

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
AT_A_TIME = 4

Verdicts = dict[str, str]  # check id → verdict


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as place:
        changed, checks = repeated(rounds, submissions(Path(place)))
    print(
        f"{rounds} rounds of {len(WRONG) + 1} servers, {rounds * checks} verdicts: "
        f"{changed} changed"
    )
    sys.exit(1 if changed else 0)


def submissions(place: Path) -> list[Path]:
    """The folders of the solution and of the wrong servers, which are unfolded in `place`."""
    solution = next((ROOT / "solutions").glob("step06_*"))
    for name in WRONG:
        case = shelf.read(ROOT, f"step06/{name}")
        unfold(case.applied(folder(solution)), place / name)
    return [solution, *(place / name for name in WRONG)]


def repeated(rounds: int, folders: list[Path]) -> tuple[int, int]:
    """Grade them all again and again; how many verdicts changed, and how many a round has."""
    first = {folder: verdicts(folder) for folder in folders}
    burners = [
        multiprocessing.Process(target=burn, daemon=True) for _ in range(os.cpu_count() or 1)
    ]
    for burner in burners:
        burner.start()
    changed = 0
    try:
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for number in range(1, rounds + 1):
                for folder, found in zip(folders, pool.map(verdicts, folders), strict=True):
                    for check, verdict in found.items():
                        if verdict != first[folder][check]:
                            changed += 1
                            print(f"round {number}, {folder.name}, {check}: {verdict}")
                if sys.stdout.isatty() or number % 10 == 0:
                    print(f"{number} rounds, {changed} changed verdicts", flush=True)
    finally:
        for burner in burners:
            burner.kill()
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


def burn() -> None:
    """Keep one core busy."""
    while True:
        pass


if __name__ == "__main__":
    main()
