"""What servers cost that are not the usual: a port of their own choice, and another language.

`python -m bench.servers`. A port in the file is held against the same server at PORT, and a server
in Node against as many bare cold starts of it as the grader has checks; in turn, medians of ROUNDS
after one that is not counted, and ratios of medians. Nothing else should run meanwhile.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench.__main__ import ROOT, ROUNDS, Took, grader, in_turn, processor, row, timed
from grader.checking import suite
from grader.course.course import find_course
from grader.servers.ports import free_port

RIGHT = ROOT / "tests" / "right"
NODE = RIGHT / "node"
STEP = 7  # that of the server in Node
NAMED = 'int(os.environ.get("PORT", "3000"))'


def main() -> None:
    print(f"medians of {ROUNDS} rounds, in turn, on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as place:
        ports(Path(place))
    if shutil.which("node") and (NODE / "node_modules").is_dir():
        node()
    else:
        print("  a server in Node: needs node, and make tests/right/node/node_modules/.ready")


def ports(place: Path) -> None:
    """The same server at PORT, and at a number that stands in its file."""
    source = (RIGHT / "one_file" / "app.py").read_text(encoding="utf-8")
    assert source.count(NAMED) == 1
    named, fixed = place / "named", place / "fixed"
    for folder, port in ((named, NAMED), (fixed, str(free_port()))):
        folder.mkdir()
        (folder / "app.py").write_text(source.replace(NAMED, port), encoding="utf-8")
    check = (*grader(sys.executable), "check", "step6", "--path")
    wall, cpu = in_turn(
        {folder.name: partial(timed, (*check, str(folder)), 0) for folder in (named, fixed)}
    )
    row("grader check step6, at PORT", wall["named"], "s")
    row("… a port in the file against that", wall["fixed"] / wall["named"], "times", "at most 1.2")
    row("  … processor time", cpu["fixed"] / cpu["named"], "times")


def node() -> None:
    """Checks of a server in Node, each of which starts it, and that many starts alone."""
    course = find_course(ROOT)
    step = course.find(str(STEP))
    found = suite.of_step(STEP, holds=[one.number for one in course.held(step)])
    starts = len(found.server) + len(found.held)
    check = (*grader(sys.executable), "check", str(STEP), "--path", str(NODE))
    wall, cpu = in_turn(
        {
            "starts": partial(cold, starts),
            "check": partial(timed, (*check, "--server", "node app.js"), 0),
        }
    )
    row(f"{starts} starts of a server in Node", wall["starts"], "s")
    row(f"grader check step{STEP} --server 'node app.js'", wall["check"], "s")
    row("  … against those starts", wall["check"] / wall["starts"], "times")
    row("  … processor time", cpu["check"] / cpu["starts"], "times")


def cold(count: int) -> Took:
    """What so many starts take, as many at a time as there are cores."""
    before, began = processor(), time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(start, range(count)))
    return Took(time.perf_counter() - began, processor() - before)


def start(_: int) -> None:
    """Start the server, wait until it takes a connection, and end it."""
    port = free_port()
    with subprocess.Popen(
        ["node", "app.js"], cwd=NODE, env={**os.environ, "PORT": str(port)}
    ) as server:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.002)
        server.kill()


if __name__ == "__main__":
    main()
