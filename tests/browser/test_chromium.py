"""The browser: found on any machine, or named as missing; started once, and gone afterwards."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from grader.browser.chromium import (
    CLIENT,
    NO_BROWSER,
    NO_CLIENT,
    NO_PLAYWRIGHT,
    Browser,
    find_chromium,
    unmet,
)
from tests.support import GRADER, ROOT, grader, is_running, need_browser, wait_until

# One browser at a time, whatever else runs beside it: see the Makefile.
pytestmark = pytest.mark.xdist_group("browser")

STATIC = ROOT / "static"
SOLUTION = ("check", "step4", "--solution", "--page")


def program(folder: Path, name: str) -> str:
    """A program of that name in the folder: it does nothing, and that not well."""
    file = folder / name
    file.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def with_client(static: Path) -> Path:
    (static / CLIENT).parent.mkdir(parents=True)
    (static / CLIENT).touch()
    return static


def test_browsers_are_all_of_one_worker(request: pytest.FixtureRequest) -> None:
    """Where there are workers: pytest-xdist then has the group in the test's name."""
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@browser")


@pytest.mark.parametrize(
    "name", ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"]
)
def test_a_browser_is_found_on_the_path(tmp_path: Path, name: str) -> None:
    assert find_chromium({"PATH": str(tmp_path)}, "freebsd") is None
    there = program(tmp_path, name)
    assert find_chromium({"PATH": str(tmp_path)}, "freebsd") == there


def test_the_one_without_windows_goes_first(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    shell = program(tmp_path, "chromium-headless-shell")
    assert find_chromium({"PATH": str(tmp_path)}, "linux") == shell


def test_chromium_names_one_and_no_other_is_taken(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    own = program(tmp_path, "my-own")
    path = {"PATH": str(tmp_path)}
    assert find_chromium({**path, "CHROMIUM": own}, "linux") == own
    assert find_chromium({**path, "CHROMIUM": str(tmp_path / "none")}, "linux") is None


def test_windows_has_it_among_its_programs(tmp_path: Path) -> None:
    there = tmp_path / "Google" / "Chrome" / "Application" / "chrome.exe"
    there.parent.mkdir(parents=True)
    there.touch()
    env = {"PATH": "", "PROGRAMFILES": str(tmp_path / "x86"), "LOCALAPPDATA": str(tmp_path)}
    assert find_chromium(env, "win32") == str(there)


def test_what_is_missing_is_named_with_what_mends_it(tmp_path: Path) -> None:
    assert unmet(with_client(tmp_path / "static"), None) == NO_BROWSER
    assert unmet(tmp_path, "/usr/bin/chromium") == NO_CLIENT
    assert unmet(tmp_path / "static", "/usr/bin/chromium") == ""
    assert unmet(None, "/usr/bin/chromium") == ""
    assert NO_BROWSER == "no browser here: apt install chromium, or set CHROMIUM to one's path"
    assert NO_PLAYWRIGHT == "the browser checks need playwright: pip install -e '.[page]'"
    assert NO_CLIENT == (
        "the browser's Socket.IO client is not installed: run make static in the course's folder"
    )


def test_without_playwright(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.browser.chromium.find_spec", lambda _: None)
    assert unmet(None, "/usr/bin/chromium") == NO_PLAYWRIGHT


async def test_a_browser_that_does_not_start_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_browser()
    monkeypatch.setenv("CHROMIUM", program(tmp_path, "broken"))
    browser = Browser()
    try:
        assert (await browser.ready()).startswith("the browser does not start: ")
    finally:
        await browser.close()


def family(pid: int) -> list[psutil.Process]:
    """The processes of the browser that a process has started, and of its driver."""
    found = []
    for child in psutil.Process(pid).children():
        if "run-driver" in child.cmdline():
            found += [child, *child.children(recursive=True)]
    return found


def test_page_checks_are_not_run_without_a_browser() -> None:
    run = grader(*SOLUTION, env={"CHROMIUM": "/no/such/browser"})
    assert (run.code, run.err) == (0, f"grader: the page is not checked: {NO_BROWSER}\n")
    assert f"not run: {NO_BROWSER}" in " ".join(run.out.split())
    assert "✗" not in run.out
    assert run.out.count("  ✓") == 8
    assert "  10 of 10 points in " in run.out


def test_what_is_not_asked_for_is_not_started_and_counted() -> None:
    run = grader("check", "step4", "--solution", env={"CHROMIUM": "/no/such/browser"})
    assert (run.code, run.err) == (0, "")
    assert run.out.endswith("  8 page checks were not run: add --page\n")


def test_the_text_chooses_among_page_checks_too() -> None:
    run = grader("check", "step4", "--solution", "-k", "by keyboard")
    assert (run.code, run.out) == (2, "")
    assert run.err == "grader: only the page has these checks: add --page\n"


def test_page_checks_are_listed_with_page_alone() -> None:
    title = "a user can join by keyboard alone, and the input has a label"
    assert title not in grader("check", "step4", "--list").out
    assert title in grader("check", "step4", "--page", "--list").out


async def test_all_its_processes_are_asked_how_long_they_wait_for_a_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need_browser()
    asked = []

    def starved(pid: int) -> float:
        asked.append(pid)
        return float(len(asked))

    browser = Browser()
    assert await browser.ready() == ""
    await (await browser.user("http://127.0.0.1:1")).new_page()
    processes = {one.pid for one in family(os.getpid())} - {os.getpid()}
    monkeypatch.setattr("grader.history.patience.starved", starved)
    assert browser.waits()() > 0
    await browser.close()
    assert processes <= {*asked}


async def test_what_it_waited_before_a_wait_began_is_not_given_back_to_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = Browser()
    waited = [0.0]
    now = [100.0]
    monkeypatch.setattr(browser, "_processes", lambda: ([os.getpid()], []))
    monkeypatch.setattr("grader.history.patience.starved", lambda _pid: waited[0])
    monkeypatch.setattr("grader.browser.chromium.time.monotonic", lambda: now[0])
    first = browser.waits()
    assert browser.waits() is first  # at once: nothing is asked again
    waited[0], now[0] = 3.0, 101.0
    second = browser.waits()
    waited[0] = 4.0
    assert (first(), second()) == (4.0, 1.0)
    await browser.close()


async def test_closing_leaves_no_process() -> None:
    need_browser()
    browser = Browser()
    assert await browser.ready() == ""
    processes = family(os.getpid())
    assert len(processes) > 1
    await browser.close()
    wait_until(lambda: not any(map(is_running, pids(processes))), "the browser's end")


async def test_closing_while_it_starts_leaves_no_process() -> None:
    need_browser()
    browser = Browser()
    await asyncio.to_thread(wait_until, lambda: bool(family(os.getpid())), "its driver")
    processes = family(os.getpid())
    await browser.close()
    wait_until(lambda: not any(map(is_running, pids(processes))), "the browser's end")


def pids(processes: list[psutil.Process]) -> list[int]:
    return [process.pid for process in processes]


@contextmanager
def with_its_browser() -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A running grader, and its browser's processes."""
    need_browser()
    with subprocess.Popen([GRADER, *SOLUTION], cwd=ROOT, stdout=subprocess.DEVNULL) as run:
        found: list[int] = []

        def started() -> bool:
            assert run.poll() is None, "it was over before the browser was there"
            found[:] = pids(family(run.pid))
            return len(found) > 2

        wait_until(started, "the browser's start")
        yield run, found


@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_the_browser_goes_with_the_grader(sign: signal.Signals, code: int) -> None:
    with with_its_browser() as (run, processes):
        run.send_signal(sign)
        assert run.wait() == code
        wait_until(lambda: not any(map(is_running, processes)), "the browser's end")
