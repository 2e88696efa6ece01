"""Measures the grader against the floor, side by side in one run, and its memory.

`python -m bench [PYTHON]`, PYTHON being that of the environment that a student has: the floor is
twice as long in one that has the development tools, since python-socketio imports what it finds
there. Whole processes, in turn, ROUNDS times after one round that is not counted; medians, and
ratios of medians. Nothing else should run meanwhile.
"""

import contextlib
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

from bench.floor import EXCHANGES
from grader.browser.chromium import find_chromium, unmet

ROOT = Path(__file__).parent.parent
HOSTILE = ROOT / "tests" / "hostile"
ROUNDS = 9
LIMITS = {6: 1.35, 13: 2.0}  # floors, of a check of a solution; of every other step:
LIMIT = 1.6


class Took(NamedTuple):
    """What a process and all that it has waited for took, in seconds."""

    wall: float
    cpu: float


def main(python: str = sys.executable) -> None:
    commands: dict[str, tuple[str, ...]] = {}
    for step in EXCHANGES:
        commands[f"floor {step}"] = (python, "-m", "bench.floor", str(step))
        commands[f"check {step}"] = (*grader(python), "check", str(step), "--solution")
    commands["help"] = (*grader(python), "--help")
    failing = {
        "silent": HOSTILE / "connects_never_answers",
        "mute": HOSTILE / "accepts_never_answers",
    }
    for name, folder in failing.items():
        commands[name] = (*grader(python), "check", "step6", "--path", str(folder))
    wall, cpu = in_turn(
        {
            name: partial(timed, command, 1 if name in failing else 0)
            for name, command in commands.items()
        }
    )
    print(f"medians of {ROUNDS} rounds, in turn; Python {sys.version.split()[0]}")
    for step in EXCHANGES:
        floor, check = f"floor {step}", f"check {step}"
        row(f"the floor of step {step}", wall[floor], "s")
        row(f"grader check step{step} --solution", wall[check], "s")
        limit = LIMITS.get(step, LIMIT)
        row("  … against the floor", wall[check] / wall[floor], "floors", f"at most {limit}")
        row("  … processor time", cpu[check] / cpu[floor], "floors", "at most 2" * (step == 6))
    row("grader --help against the floor", wall["help"] / wall["floor 6"], "floors", "under 0.2")
    row("a server that never answers an event", wall["silent"], "s", "under 3")
    row("a server that never answers at all", wall["mute"], "s", "under 3")
    if missing := unmet(ROOT / "static", find_chromium()):
        print(f"  the page checks of step 6: {missing}")
    else:
        row("… with the page checks, in a browser", pages(), "s", "under 5")
    memory = max(peak_memory(commands["check 6"]) for _ in range(3))
    row("peak memory, all processes", memory, "MB", "at most 200")


def grader(python: str) -> tuple[str, ...]:
    """The console script that is installed beside the Python."""
    return (str(Path(python).with_name("grader")),)


def in_turn(runs: Mapping[str, Callable[[], Took]]) -> tuple[dict[str, float], dict[str, float]]:
    """The medians of what each takes: seconds, and seconds of processor time."""
    found: dict[str, list[Took]] = {name: [] for name in runs}
    for counted in range(ROUNDS + 1):
        for name, run in runs.items():
            once = run()
            if counted:
                found[name].append(once)
    return (
        {name: statistics.median(one.wall for one in each) for name, each in found.items()},
        {name: statistics.median(one.cpu for one in each) for name, each in found.items()},
    )


def pages() -> float:
    """Seconds that the checks of step 6 take with those of its page, the browser's start included.

    The median of so few rounds that it costs no more than the rest.
    """
    command = (*grader(sys.executable), "check", "step6", "--solution", "--page")
    return statistics.median(timed(command, 0).wall for _ in range(3))


def row(what: str, value: float, unit: str, goal: str = "") -> None:
    print(f"  {what:<40} {value:8.2f} {unit:<7} {goal}".rstrip())


def timed(command: Sequence[str], code: int) -> Took:
    """What the command takes; SystemExit where it does not end as it must."""
    before, began = processor(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took = Took(time.perf_counter() - began, processor() - before)
    if done.returncode != code:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


def processor() -> float:
    """Seconds of processor time of all processes that were waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_memory(command: Sequence[str]) -> float:
    """The largest sum of proportional set sizes of the grader and all its processes, in MB.

    Sampled without pause from /proc/PID/smaps_rollup (proc(5)); 0.0 where there is none.
    """
    peak = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as grader:
        root = psutil.Process(grader.pid)
        while grader.poll() is None:
            with contextlib.suppress(psutil.Error):
                family = [root, *root.children(recursive=True)]
                peak = max(peak, sum(proportional(one.pid) for one in family))
    return peak / 1000


def proportional(pid: int) -> int:
    """The proportional set size of a process in kB, 0 where it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
