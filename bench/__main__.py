"""Measures the grader against the floor, side by side in one run, and its memory.

Whole processes, in turn, ROUNDS times after one round that is not counted; medians, and ratios of
medians. Nothing else should run meanwhile.
"""

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from grader.browser.chromium import find_chromium, unmet

ROOT = Path(__file__).parent.parent
GRADER = str(Path(sys.executable).with_name("grader"))
HOSTILE = ROOT / "tests" / "hostile"
ROUNDS = 9

COMMANDS = {
    "floor": (sys.executable, "-m", "bench.floor"),
    "check": (GRADER, "check", "step6", "--solution"),
    "help": (GRADER, "--help"),
    "silent": (GRADER, "check", "step6", "--path", str(HOSTILE / "connects_never_answers")),
    "mute": (GRADER, "check", "step6", "--path", str(HOSTILE / "accepts_never_answers")),
}
EXPECTED_CODES = {"silent": 1, "mute": 1}


def main() -> None:
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for counted in range(ROUNDS + 1):
        for name, command in COMMANDS.items():
            took = timed(command, EXPECTED_CODES.get(name, 0))
            if counted:
                seconds[name].append(took)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    floor = medians["floor"]
    print(f"medians of {ROUNDS} rounds, in turn; Python {sys.version.split()[0]}")
    row("the floor", floor, "s")
    row("grader check step6 --solution", medians["check"], "s")
    row("  … against the floor", medians["check"] / floor, "floors", "at most 1.5, the aim is 1.0")
    row("grader --help against the floor", medians["help"] / floor, "floors", "under 0.2")
    row("a server that never answers an event", medians["silent"], "s", "under 3")
    row("a server that never answers at all", medians["mute"], "s", "under 3")
    if missing := unmet(ROOT / "static", find_chromium()):
        print(f"  the page checks of step 6: {missing}")
    else:
        row("… with the page checks, in a browser", pages(), "s", "under 5")
    row("peak memory, all processes", max(peak_memory() for _ in range(3)), "MB", "at most 200")


def pages() -> float:
    """Seconds that the checks of step 6 take with those of its page, the browser's start included.

    The median of so few rounds that it costs no more than the rest.
    """
    return statistics.median(timed((*COMMANDS["check"], "--page"), 0) for _ in range(3))


def row(what: str, value: float, unit: str, goal: str = "") -> None:
    print(f"  {what:<40} {value:8.2f} {unit:<7} {goal}".rstrip())


def timed(command: Sequence[str], code: int) -> float:
    """Seconds that the command takes; SystemExit where it does not end as it must."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode != code:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


def peak_memory() -> float:
    """The largest sum of proportional set sizes of the grader and all its processes, in MB.

    Sampled without pause from /proc/PID/smaps_rollup (proc(5)); 0.0 where there is none.
    """
    peak = 0
    with subprocess.Popen(COMMANDS["check"], cwd=ROOT, stdout=subprocess.DEVNULL) as grader:
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
    main()
