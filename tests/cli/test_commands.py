"""The command line as a student uses it, and what it says of every wrong use."""

import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader.course.course import find_course
from grader.running.url import graded_alone
from grader.servers.ports import free_port, is_listened_on
from tests.support import GRADER, LONGEST, ROOT, TESTS, Run, grader, normal, unfolded, wait_until

STEP_4, STEP_5, STEP_6 = sorted((ROOT / "steps").glob("step0[456]_*"))
SOLUTION = ROOT / "solutions" / STEP_4.name
ONE_FILE = TESTS / "right" / "one_file"
SCHEMA = ROOT / "grader" / "report" / "schema.json"

Env = Mapping[str, str]
NONE: Env = {}

STEPS = find_course(ROOT).steps
KNOWN = ", ".join(str(step.number) for step in STEPS)
TITLES = tuple(f"{step.number}  {step.title}" for step in STEPS)


def refused(run: Run, line: str, code: int = 2) -> None:
    """It said this line and nothing else."""
    assert (run.err, run.out, run.code) == (f"grader: {line}\n", "", code)


def listed(run: Run) -> list[str]:
    """The headings of `--list`."""
    assert (run.code, run.err) == (0, ""), run.err
    return [line.removeprefix("step ") for line in run.out.splitlines() if line[:1] == "s"]


# What is refused.


@pytest.mark.parametrize(
    "name", ["98", "0", "step98", "six", "-1", "4.5", "step", "", "step06_other"]
)
def test_a_step_that_there_is_not_is_refused(name: str) -> None:
    known = f"there are {KNOWN}; write for example step6, 6 or all"
    refused(grader("check", "--", name), f"no step {name!r}: {known}")


@pytest.mark.parametrize("folder", ["nowhere", "steps/nowhere"])
def test_a_folder_that_does_not_exist_is_refused(folder: str) -> None:
    refused(grader("check", "4", "--path", folder), f"no folder {folder}")


def test_a_folder_without_an_app_is_refused(tmp_path: Path) -> None:
    refused(grader("check", "4", "--path", "tests"), "tests has no app.py")
    refused(grader("check", "4", "--path", str(tmp_path)), f"{tmp_path} has no app.py")
    (tmp_path / "app.py").mkdir()
    refused(grader("check", "4", "--path", str(tmp_path)), f"{tmp_path} has no app.py")


SOURCES = {
    "--solution": (),
    "--path": (str(ONE_FILE),),
    "--server": ("python app.py",),
    "--url": ("http://127.0.0.1:3000",),
}


def test_a_command_is_run_in_the_folder_that_is_named() -> None:
    run = grader("check", "4", "--path", str(SOLUTION), "--server", f"{sys.executable} app.py")
    assert (run.code, run.err, normal(run.out)) == (0, "", golden_pass())


PAIRS = [pair for pair in combinations(SOURCES, 2) if pair != ("--path", "--server")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_submissions_at_once_are_refused(one: str, other: str) -> None:
    run = grader("check", "4", other, *SOURCES[other], one, *SOURCES[one])
    refused(run, f"{one} and {other} exclude each other: give one of them")


@pytest.mark.parametrize("option", ["--path", "--server", "--url"])
def test_an_empty_value_is_refused(option: str) -> None:
    refused(grader("check", "4", option, ""), f"{option} is empty")
    refused(grader("check", "4", option, " "), f"{option} is empty")


def test_a_command_that_no_shell_could_split_is_refused() -> None:
    run = grader("check", "4", "--server", "python 'app.py")
    refused(run, '--server "python \'app.py": no closing quotation')


@pytest.mark.parametrize("command", ["node app.js --port PORT", "uvicorn main:app --port=PORT"])
def test_a_port_that_nobody_fills_in_is_refused(command: str) -> None:
    how = "write $PORT, and the command in single quotes"
    line = f"--server {command!r}: the port is in the environment variable PORT: {how}"
    refused(grader("check", "4", "--server", command), line)


@pytest.mark.parametrize("port", ["$PORT", "${PORT}"])
def test_the_port_is_filled_in(port: str, tmp_path: Path) -> None:
    source = (ONE_FILE / "app.py").read_text(encoding="utf-8")
    assert source.count('os.environ.get("PORT", "3000")') == 1
    source = source.replace('os.environ.get("PORT", "3000")', "sys.argv[1]")
    (tmp_path / "server.py").write_text(f"import sys\n{source}", encoding="utf-8")
    command = f"{sys.executable} server.py {port}"
    run = grader("check", "4", "--path", str(tmp_path), "--server", command, "-k", "WebSocket")
    assert (run.code, run.err) == (0, "")
    assert "Note" not in run.out


@pytest.mark.parametrize(
    "command",
    [
        "env PORT=$PORT python3 app.py",
        "node -e 'listen(process.env.PORT)'",
        """python3 -c 'listen(os.environ["PORT"])'""",
    ],
)
def test_other_words_are_not_taken_for_the_port(command: str) -> None:
    assert grader("check", "4", "--server", command, "--list").code == 0


def test_a_url_that_nobody_answers_is_refused() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    refused(
        grader("check", "4", "--url", url), f"nobody answers at {url}: start the server first", 3
    )


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:3000",
        "localhost",
        "ftp://127.0.0.1",
        "http://",
        "http://:3000",
        "http://127.0.0.1:http",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://[::1",
        f"http://{'a' * 70}.org",
        "http://a..b",
        "http://a b/",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    example = "write for example http://127.0.0.1:3000"
    refused(grader("check", "4", "--url", url), f"{url} is no URL of a server: {example}")


def test_a_text_that_no_check_has_is_refused() -> None:
    run = grader("check", "all", "-k", "no such thing", "--solution")
    refused(run, "no check has 'no such thing' in its line or id")


def test_a_step_without_checks_is_refused(tmp_path: Path) -> None:
    step = tmp_path / "steps" / "step99_the_end"
    step.mkdir(parents=True)
    (step / "step.toml").write_text('number = 99\ntitle = "The end"\n', encoding="utf-8")
    (step / "app.py").touch()
    refused(grader("check", cwd=step), "there are no checks for that yet")


def test_outside_a_course_its_own_commands_are_refused(tmp_path: Path) -> None:
    here = f"no course here: neither {tmp_path} nor a folder above it has steps/"
    for arguments in (["run", "4"], ["dev", "lessons"]):
        refused(
            grader(*arguments, cwd=tmp_path), f"{here}; run grader inside your copy of the course"
        )


def test_outside_a_course_a_submission_is_still_asked_for(tmp_path: Path) -> None:
    which = f"which step? There are {KNOWN}; write for example: grader check step6"
    refused(grader("check", cwd=tmp_path), which)
    current = f"the current folder, {tmp_path}, has no app.py"
    refused(grader("check", "4", cwd=tmp_path), current)


def test_a_current_folder_that_is_gone_is_refused(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f'rmdir "$PWD"; {GRADER} check; echo $?; {GRADER} list; echo $?'
    done = subprocess.run(
        ["sh", "-c", command], cwd=gone, capture_output=True, text=True, check=True
    )
    assert done.stdout == "2\n2\n"
    assert done.stderr == "grader: the current folder is gone\n" * 2


@pytest.mark.parametrize("folder", [ROOT, TESTS, ROOT / "steps"])
def test_without_a_step_outside_a_step_folder_it_asks_which(folder: Path) -> None:
    line = f"which step? There are {KNOWN}; write for example: grader check step6"
    refused(grader("check", cwd=folder), line)


@pytest.mark.parametrize(
    "arguments",
    [
        ["chek"],
        ["check", "--no-such-option"],
        ["check", "4", "--jobs", "0"],
        ["check", "4", "--jobs", "many"],
        ["check", "4", "--timeout", "0"],
        ["check", "4", "--timeout", "nan"],
        ["check", "4", "--path"],
        ["list", "4"],
    ],
)
def test_a_wrong_use_is_answered_with_the_usage(arguments: list[str]) -> None:
    run = grader(*arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[-1].startswith("Error: ")


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{GRADER} check 4 --list | true; {GRADER} check 4 --solution | head -1"
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.startswith("step 4 · Join the chat")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_has_not_all_characters_gets_others(encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        [GRADER, "check", "4", "--solution", "-k", "polling"],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"the server takes clients over long-polling" in done.stdout


# What is checked.


@pytest.mark.parametrize("name", ["6", "06", "step6", "step06", STEP_6.name])
def test_a_step_has_many_names(name: str) -> None:
    assert listed(grader("check", name, "--list")) == ["6 · Saving and destroying users"]


def test_several_steps_are_checked_in_the_order_in_which_they_are_named() -> None:
    run = grader("check", "6", "step4", "06", "--list")
    assert listed(run) == ["6 · Saving and destroying users", "4 · Join the chat"]


def test_all_is_every_step() -> None:
    every = [title.replace("  ", " · ") for title in TITLES]
    assert listed(grader("check", "all", "--list")) == every


@pytest.mark.parametrize(
    "folder",
    [STEP_4, STEP_6, SOLUTION, ROOT / "solutions" / STEP_6.name],
    ids=lambda f: f.parts[-2:],
)
def test_inside_a_step_folder_it_is_that_step(folder: Path) -> None:
    (heading,) = listed(grader("check", "--list", cwd=folder))
    assert heading.startswith(f"{int(folder.name[4:6])} · ")


def test_a_path_to_a_step_folder_names_the_step() -> None:
    (heading,) = listed(grader("check", "--list", "--path", str(STEP_5), cwd=TESTS))
    assert heading == "5 · Start chatting"


def test_inside_a_step_folder_its_own_app_is_checked() -> None:
    run = grader("check", "-k", "over websocket", cwd=STEP_4)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("step 4 · Join the chat")
    assert grader("check", cwd=STEP_4).code == 1
    assert grader("check", cwd=SOLUTION).code == 0


def test_a_submission_outside_the_course_is_checked_from_within(tmp_path: Path) -> None:
    shutil.copy(ONE_FILE / "app.py", tmp_path)
    assert grader("check", "4", "--path", str(tmp_path)).code == 0


def test_a_course_around_the_submission_will_do(tmp_path: Path) -> None:
    assert grader("check", "4", "--path", str(ONE_FILE), "--list", cwd=tmp_path).code == 0


def test_the_list_of_steps() -> None:
    run = grader("list")
    assert (run.code, run.err) == (0, "")
    assert [line.strip() for line in run.out.splitlines()] == list(TITLES)


def test_the_list_of_checks_has_points_ids_and_lines() -> None:
    run = grader("check", "4", "--list")
    assert (run.code, run.err) == (0, "")
    heading, *lines = run.out.splitlines()
    assert heading == "step 4 · Join the chat"
    assert len(lines) == 8
    assert re.split(r"\s{2,}", lines[2].strip()) == [
        "2",
        "the-sender-hears-new-user",
        "a user who joins hears `new user`, once",
    ]


def test_the_solution_is_checked_where_it_is_asked_for() -> None:
    run = grader("check", "4", "--solution")
    assert (run.code, run.err) == (0, "")
    assert normal(run.out) == golden_pass()


def golden_pass() -> str:
    """What a student reads at the end of step 4."""
    return """\
step 4 · Join the chat                                             8 of 8 checks

  ✓ the server starts and takes a client over WebSocket
  ✓ the server takes clients over long-polling, and lets them upgrade
  ✓ a user who joins hears `new user`, once
  ✓ everybody else hears `new user`, once
  ✓ the payload is the name itself, in any script, unchanged
  ✓ everybody hears of two users who join one after the other
  ✓ a client that has not joined hears `new user` too
  ✓ the server prints who has joined

  10 of 10 points in N s
  8 page checks were not run: add --page
"""


def test_several_steps_are_reported_one_after_another() -> None:
    run = grader("check", "4", "5", "--path", str(ONE_FILE), "-k", "hears")
    assert (run.code, run.err) == (0, "")
    headings = [line for line in run.out.splitlines() if line.startswith("step")]
    assert [heading.split("  ")[0] for heading in headings] == [
        "step 4 · Join the chat",
        "step 5 · Start chatting",
    ]


def test_one_step_that_fails_fails_the_whole() -> None:
    run = grader("check", "4", "5", "--path", str(SOLUTION), "-k", "over websocket")
    assert run.code == 0
    assert grader("check", "4", "5", "--path", str(SOLUTION)).code == 1


@pytest.mark.parametrize("text", ["polling", "LONG-POLLING", "takes-a-client-over-polling"])
def test_k_chooses_checks_by_line_or_id(text: str) -> None:
    run = grader("check", "4", "--solution", "-k", text)
    assert (run.code, run.err) == (0, "")
    assert "  ✓ the server takes clients over long-polling" in run.out
    assert "1 of 1 check" in run.out


def test_one_check_at_a_time_comes_to_the_same() -> None:
    run = grader("check", "4", "--solution", "--jobs", "1")
    assert (run.code, normal(run.out)) == (0, golden_pass())


def test_the_timeout_is_how_long_it_waits_for_what_does_not_come(tmp_path: Path) -> None:
    folder = unfolded("step04/no_handler", tmp_path)
    run = grader("check", "4", "--path", str(folder), "--timeout", "0.3")
    assert run.code == 1
    assert "← did not come within 0.3 s" in run.out
    hostile = str(TESTS / "hostile" / "never_listens")
    run = grader("check", "4", "--path", hostile, "--timeout", "0.3")
    # How long it was really waited for: longer, however much, where the machine is busy.
    waited = re.search(r"← did not listen on any port within ([\d.]+) s", run.out)
    assert waited
    assert float(waited[1]) >= 0.3


def test_verbose_shows_the_history_of_every_check() -> None:
    run = grader("check", "4", "--solution", "-v")
    assert (run.code, run.err) == (0, "")
    histories = re.split(r"\n  ✓ .*", run.out)[1:]
    assert len(histories) == 8
    for history in histories:
        assert re.search(r"\n +\d+\.\d{4}  (amy|terry) +connected +\w+\n", history)
    assert re.search(r"\n +\d+\.\d{4}  terry +heard +new user 'amy'\n", run.out)


OUTCOMES = {
    "passed": (0, ["--solution"]),
    "failed": (1, ["--path"]),  # a case
    "not ready": (1, ["--path", "tests/hostile/syntax_error"]),
    "printing": (1, ["--path", "tests/hostile/escape_codes"]),
    "elsewhere": (0, ["--path", "tests/hostile/listens_elsewhere"]),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_json_is_one_document_of_the_schema(outcome: str, tmp_path: Path) -> None:
    code, arguments = OUTCOMES[outcome]
    if outcome == "failed":
        arguments = [*arguments, str(unfolded("step04/sender_only", tmp_path))]
    run = grader("check", "4", "5", "--json", *arguments, "--env", f"HARD_PORT={free_port()}")
    code = code if outcome == "elsewhere" else 1 if code or outcome != "passed" else 0
    assert (run.code, run.err) == (code, "")
    document = json.loads(run.out)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [step["step"] for step in document["steps"]] == [4, 5]
    assert document["verdict"] == ("failed" if code else "passed")


# Where the server comes from.


@pytest.fixture(params=["my server", "Schüler – 李小龙 'quoted' & more"])
def odd_folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The solution of step 4 in a course of its own, at a path that needs quoting."""
    course = tmp_path / str(request.param)
    for kind in ("steps", "solutions", "static"):
        shutil.copytree(ROOT / kind, course / kind)
    return course / "solutions" / STEP_4.name


def test_a_folder_may_have_any_name(odd_folder: Path) -> None:
    for run in (
        grader("check", "4", "--path", str(odd_folder)),
        grader("check", cwd=odd_folder),
        grader("check", "--server", f"'{sys.executable}' app.py", cwd=odd_folder),
    ):
        assert (run.code, run.err, normal(run.out)) == (0, "", golden_pass())


def test_a_server_command_runs_in_the_current_folder() -> None:
    run = grader("check", "4", "--server", f"{sys.executable} app.py", cwd=SOLUTION)
    assert (run.code, run.err, normal(run.out)) == (0, "", golden_pass())


def test_a_server_command_without_a_program_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "no_program").write_text("it may not be run")
    for name in ("no-such-program", "./no-such-program", "./no_program", str(tmp_path)):
        run = grader("check", "4", "--server", f"{name} app.js", cwd=tmp_path)
        said = f"--server: there is no program {name!r} to run; no shell reads the command"
        refused(run, said)


def test_a_server_command_may_be_a_program_beside_the_graders_python() -> None:
    env = {"PATH": os.defpath}
    assert shutil.which("grader", path=os.defpath) is None
    assert grader("check", "4", "--server", "grader", "--list", env=env).code == 0


def test_a_server_command_may_be_a_program_in_the_folder_that_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(SOLUTION, tmp_path / "mine")
    (folder / "serve").write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} app.py\n")
    (folder / "serve").chmod(0o755)
    run = grader("check", "4", "--path", str(folder), "--server", "./serve")
    assert (run.code, run.err, normal(run.out)) == (0, "", golden_pass())


def test_what_page_checks_need_is_said_before_the_run() -> None:
    run = grader("check", "4", "--solution", "--page", env={"CHROMIUM": "no-such-browser"})
    assert run.code == 0
    assert run.err == (
        "grader: the page is not checked: no browser here: apt install chromium, or set CHROMIUM "
        "to one's path\n"
    )


def test_shared_files_that_are_not_there_are_said_before_the_run(tmp_path: Path) -> None:
    nowhere = tmp_path / "static"
    run = grader("check", "4", "--solution", env={"STATIC_DIR": str(nowhere)})
    assert run.err == (
        f"grader: {nowhere} is not here: a server that wants to serve it cannot start\n"
    )


@contextmanager
def solution_server() -> Iterator[str]:
    """The URL of a running solution of step 4."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=SOLUTION,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: is_listened_on(port), "the server to listen")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def test_a_running_server_is_checked_but_for_what_it_prints() -> None:
    with solution_server() as url:
        for given in (url, f"{url}/", url.replace("127.0.0.1", "localhost")):
            run = grader("check", "4", "--url", given)
            assert run.err == ""
            assert "7 of 8 checks" in run.out
            assert "not judged: what the server prints cannot be seen through a URL" in run.out
            assert run.code == 3
        run = grader("check", "4", "--url", url, "-k", "hears")
        assert (run.code, run.err) == (0, "")
        run = grader("check", "4", "--url", url, "--json")
        document = json.loads(run.out)
        jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
        assert (document["submission"], document["verdict"]) == (url, "not judged")


def test_https_where_only_http_is_spoken_is_told() -> None:
    with solution_server() as url:
        secure = url.replace("http", "https")
        line = f"the server at {secure} speaks no https: write {url}"
        refused(grader("check", "4", "--url", secure), line, 3)


def test_two_graders_at_one_server_are_told() -> None:
    with solution_server() as url, graded_alone(url):
        for given in (url, url.replace("127.0.0.1", "localhost")):
            line = f"another grader is at {given}: wait until it is done"
            refused(grader("check", "4", "--url", given), line, 3)


# What is written into a file.


def read(text: str) -> Any:
    document = json.loads(text)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return document


def test_the_document_is_written_into_a_file_beside_the_report(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text("of another run", encoding="utf-8")
    run = grader("check", "4", "--path", str(ONE_FILE), "--output", str(file))
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("step 4 · Join the chat")
    document = read(file.read_text(encoding="utf-8"))
    assert (document["exit_code"], document["refused"]) == (0, None)
    assert document["grader"] == version("make-chat")
    points = document["steps"][0]["points"]
    assert document["totals"] == {
        "points": points,
        "passed": 8,
        "failed": 0,
        "not_judged": 0,
        "not_run": 0,
    }
    assert document["steps"][0]["checks"][0]["history"]
    assert [*tmp_path.iterdir()] == [file]


def test_the_hash_is_of_the_files_alone(tmp_path: Path) -> None:
    shutil.copy(ONE_FILE / "app.py", tmp_path)
    file = tmp_path / "result.json"

    def found() -> str:
        grader("check", "4", "--path", str(tmp_path), "--output", str(file), "-k", "WebSocket")
        return str(read(file.read_text(encoding="utf-8"))["submission_hash"])

    first = found()
    assert re.fullmatch("sha256:[0-9a-f]{64}", first)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").touch()
    assert found() == first
    with (tmp_path / "app.py").open("a", encoding="utf-8") as app:
        app.write("\n")
    assert found() != first


@pytest.mark.parametrize(
    ("arguments", "reason", "submission"),
    [
        (["98"], "no step '98'", ""),
        (["4", "--path", "nowhere"], "no folder nowhere", "nowhere"),
        (
            ["4", "--path", str(SOLUTION / "app.py")],
            f"--path {SOLUTION / 'app.py'} is a file: give the folder that it is in",
            str(SOLUTION / "app.py"),
        ),
        (["4", "--url=localhost"], "localhost is no URL", "localhost"),
        (["4", "--jobs", "0"], "Invalid value for '--jobs'", ""),
        (["4", "--nothing"], "No such option", ""),
    ],
)
def test_what_is_refused_has_a_document_too(
    tmp_path: Path, arguments: list[str], reason: str, submission: str
) -> None:
    file = tmp_path / "result.json"
    run = grader("check", *arguments, "--json", "--output", str(file))
    assert run.code == 2
    assert reason in run.err
    document = read(run.out)
    assert document == read(file.read_text(encoding="utf-8"))
    assert (document["exit_code"], document["verdict"]) == (2, "not judged")
    assert document["refused"].startswith(reason)
    assert (document["submission"], document["steps"]) == (submission, [])


def test_a_url_that_nobody_answers_has_a_document_too() -> None:
    run = grader("check", "4", "--json", "--url", f"http://127.0.0.1:{free_port()}")
    document = read(run.out)
    assert (run.code, document["exit_code"]) == (3, 3)
    assert document["refused"].startswith("nobody answers at http://127.0.0.1:")


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "result.json"
    text = f"--output: {nowhere.parent} is no folder that can be written to"
    refused(grader("check", "4", "--solution", "--output", str(nowhere)), text)
    text = f"--output {str(tmp_path)!r} is no file"
    refused(grader("check", "4", "--solution", "--output", str(tmp_path)), text)


# On a terminal.


def on_a_terminal(*arguments: str, interrupt: bool = False, env: Env = NONE) -> tuple[int, str]:
    """The exit code and everything that a terminal is sent."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [GRADER, *arguments],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", **env},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        sent = b""
        with suppress(OSError):  # the other end is closed
            while data := os.read(master, 65536):
                sent += data
                if interrupt and b"\x1b[?25l" in sent:
                    process.send_signal(signal.SIGINT)
                    interrupt = False
        code = process.wait(timeout=LONGEST)
    os.close(master)
    return code, sent.decode().replace("\r\n", "\n")


def test_a_terminal_is_shown_colours_and_how_far_it_is() -> None:
    code, sent = on_a_terminal("check", "4", "--solution")
    assert code == 0
    assert "\x1b[32m✓\x1b[0m the server prints who has joined\n" in sent
    assert "\x1b[1mstep 4 · Join the chat\x1b[0m" in sent
    assert "8 checks" in sent.partition("step 4")[0]
    assert sent.count("\x1b[?25l") == sent.count("\x1b[?25h") == 1


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(env: dict[str, str]) -> None:
    code, sent = on_a_terminal("check", "4", "--solution", env=env)
    assert code == 0
    report = sent[sent.index("step 4 · Join") :]
    assert normal(report) == golden_pass()
    assert not re.search(r"\x1b\[[0-9;]*[1-9][0-9;]*m", sent)


def test_an_empty_no_color_says_nothing() -> None:
    assert "\x1b[32m✓" in on_a_terminal("check", "4", "--solution", env={"NO_COLOR": ""})[1]


def test_json_is_json_on_a_terminal_too() -> None:
    code, sent = on_a_terminal("check", "4", "--solution", "--json")
    assert code == 0
    assert json.loads(sent)["verdict"] == "passed"


def test_what_is_no_terminal_gets_neither_colour_nor_progress() -> None:
    run = grader("check", "4", "--solution", env={"TERM": "xterm-256color"})
    assert "\x1b" not in run.out + run.err


def test_ctrl_c_leaves_the_terminal_as_it_was() -> None:
    path = str(TESTS / "hostile" / "never_listens")
    code, sent = on_a_terminal("check", "4", "--path", path, interrupt=True)
    assert code == 130
    assert sent.endswith("grader: interrupted\n")
    assert sent.count("\x1b[?25l") == sent.count("\x1b[?25h") == 1
    assert "Traceback" not in sent


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_the_json_says_what_was_kept_apart(option: str) -> None:
    run = grader("check", "4", "--solution", "-k", "hears", "--json", option)
    assert (run.code, run.err) == (0, "")
    isolation = json.loads(run.out)["isolation"]
    assert option == "--isolation" or isolation == ["copies"]


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_a_port_written_into_the_file_is_graded_the_same(option: str) -> None:
    folder = TESTS / "hostile" / "listens_elsewhere"
    port = f"HARD_PORT={free_port()}"
    run = grader("check", "4", "--path", str(folder), "--json", option, "--env", port)
    assert (run.code, run.err) == (0, "")
    document = json.loads(run.out)
    (note,) = document["steps"][0]["notes"]
    assert ("one check after another" in note) == ("network" not in document["isolation"])


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("folder", "code"), [(SOLUTION, 0), (STEP_4, 1)])
def test_the_exit_code_says_it_also_where_nothing_can_be_printed(
    closed: str, folder: Path, code: int
) -> None:
    command = f"{shlex.join([str(GRADER), 'check', '4', '--path', str(folder)])} {closed}"
    run = subprocess.run(["sh", "-c", command], check=False, capture_output=True, timeout=LONGEST)
    assert run.returncode == code


def test_without_docstrings_nothing_is_judged() -> None:
    run = grader("check", "4", env={"PYTHONOPTIMIZE": "2"})
    refused(run, "with python -OO or PYTHONOPTIMIZE=2 checks have no lines", code=3)


@pytest.mark.parametrize("given", ["", "=x"])
def test_a_variable_without_a_name_is_refused(given: str) -> None:
    refused(grader("check", "4", "--env", given), f"--env {given!r} names no variable")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["app.py", "chat.py", ""])
def test_what_may_not_be_read_is_no_fault_of_the_submission(tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(SOLUTION, tmp_path / "mine"))
    (folder / name).chmod(0)
    run = grader("check", "4", "--path", str(folder))
    (folder / name).chmod(0o700)
    refused(run, f"{folder / name} may not be read")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_report_that_cannot_be_written_is_printed_all_the_same() -> None:
    run = grader("check", "4", "--solution", "-k", "takes a client", "--output", "/dev/full")
    assert run.code == 3
    assert run.err == (
        "grader: --output '/dev/full' could not be written: No space left on device\n"
    )
    assert "1 of 1 point in" in run.out
