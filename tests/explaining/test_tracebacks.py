"""Tracebacks are found in what a server prints, and cut to the student's own files."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.explaining.frames import Frame, Trace
from grader.explaining.tracebacks import tracebacks, warnings
from grader.report.result import Where

FOLDER = Path("/home/amy/step06")


def read(text: str, folder: Path | None = FOLDER) -> list[Trace]:
    return tracebacks(dedent(text).strip("\n").splitlines(), folder)


def run(folder: Path, **files: str) -> list[str]:
    """What `python app.py` prints, of these files."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).splitlines()


def test_frames_of_the_students_files_are_kept_and_others_left_out() -> None:
    (trace,) = read("""
        message handler error
        Traceback (most recent call last):
          File "/usr/lib/python3/socketio/async_server.py", line 630, in _trigger_event
            return await handler(*args)
                   ^^^^^^^^^^^^^^^^^^^^
          File "/home/amy/step06/chat.py", line 21, in new_user
            online_users[name] = sid
                         ^^^^
        NameError: name 'name' is not defined
        (the server goes on)
        """)
    assert trace == Trace(
        (Frame(Where("chat.py", 21), "new_user", "online_users[name] = sid"),),
        "NameError",
        "name 'name' is not defined",
    )


def test_a_trace_is_told_in_lines() -> None:
    frames = (
        Frame(Where("app.py", 3), "<module>", "import chat"),
        Frame(Where("chat.py", 1), "the file", ""),
    )
    assert Trace(frames, "KeyError", "'amy'").lines() == [
        "app.py:3, in <module>",
        "    import chat",
        "chat.py:1, in the file",
        "KeyError: 'amy'",
    ]
    assert Trace((), "AssertionError", "").lines() == ["AssertionError"]


def test_nothing_is_found_where_nothing_is_printed_or_no_folder_known() -> None:
    assert read("all is well") == []
    assert (
        read('Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1', None) == []
    )


def test_a_real_traceback_through_two_files(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        app="import people\npeople.find('amy')\n",
        people="def find(name):\n    return {}[name]\n",
    )
    (trace,) = tracebacks(lines, tmp_path)
    assert trace.lines() == [
        "app.py:2, in <module>",
        "    people.find('amy')",
        "people.py:2, in find",
        "    return {}[name]",
        "KeyError: 'amy'",
    ]


def test_a_real_syntax_error_of_app_py_which_has_no_line_traceback(tmp_path: Path) -> None:
    (trace,) = tracebacks(run(tmp_path, app="print('begins')\nconst x = 1;\n"), tmp_path)
    assert trace.lines() == [
        "app.py:2, in the file",
        "    const x = 1;",
        "SyntaxError: invalid syntax",
    ]


def test_a_real_syntax_error_of_an_imported_file(tmp_path: Path) -> None:
    (trace,) = tracebacks(run(tmp_path, app="import chat\n", chat="def f(:\n    pass\n"), tmp_path)
    assert [frame.where for frame in trace.frames] == [Where("app.py", 1), Where("chat.py", 1)]
    assert trace.error == "SyntaxError"


def test_a_real_error_raised_while_another_was_handled(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        app="""
            try:
                {}["amy"]
            except KeyError:
                raise ValueError
            """,
    )
    assert [trace.error for trace in tracebacks(lines, tmp_path)] == ["ValueError"]


def test_a_real_error_of_a_class_made_in_a_function(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        app="""
            def make():
                class Lost(Exception):
                    pass
                return Lost
            raise make()("amy")
            """,
    )
    (trace,) = tracebacks(lines, tmp_path)
    assert trace.lines()[-1] == "make.<locals>.Lost: amy"


def test_a_real_recursion_whose_frames_are_left_out(tmp_path: Path) -> None:
    lines = run(tmp_path, app="def again():\n    again()\nagain()\n")
    (trace,) = tracebacks(lines, tmp_path)
    assert trace.error == "RecursionError"
    assert {frame.where for frame in trace.frames} == {Where("app.py", 2), Where("app.py", 3)}


def test_a_call_that_is_shown_on_several_lines() -> None:
    # As Python 3.13 shows it.
    (trace,) = read("""
        Traceback (most recent call last):
          File "/home/amy/step06/app.py", line 4, in <module>
            emit(
            ~~~~^
                "new user",
                ^^^^^^^^^^^

            ...<2 lines>...
            )
            ^
          File "/home/amy/step06/chat.py", line 9, in emit
            raise KeyError(name)
        KeyError: 'amy'
        """)
    assert trace.lines() == [
        "app.py:4, in <module>",
        "    emit(",
        "chat.py:9, in emit",
        "    raise KeyError(name)",
        "KeyError: 'amy'",
    ]


def test_a_traceback_that_breaks_off_does_not_hide_the_next() -> None:
    (trace,) = read("""
        Traceback (most recent call last):
          File "/home/amy/step06/app.py", line 4, in <module>
            run()
        Traceback (most recent call last):
          File "/home/amy/step06/app.py", line 5, in <module>
            run()
        KeyError: 'amy'
        """)
    assert trace.frames[0].where == Where("app.py", 5)


def test_a_traceback_without_an_error_at_its_end_is_none() -> None:
    assert read('Traceback (most recent call last):\n  File "app.py", line 1, in f\n    f()') == []
    assert (
        read('Traceback (most recent call last):\n  File "app.py", line 1, in f\n12 o\'clock') == []
    )


def test_a_frame_alone_is_no_traceback() -> None:
    assert read('  File "/home/amy/step06/app.py", line 1, in f\nKeyError: 1') == []


@pytest.mark.parametrize(
    ("file", "own"),
    [
        ("/home/amy/step06/app.py", "app.py"),
        ("/home/amy/step06/pages/users.py", "pages/users.py"),
        ("/home/amy/step06/../step06/app.py", "app.py"),
        ("app.py", "app.py"),  # the server runs in the folder
        ("/home/amy/step06/venv_notes.py", "venv_notes.py"),
        ("/home/amy/step05/app.py", None),
        ("../step05/app.py", None),
        ("/home/amy/step06", None),
        ("/home/amy/step06/.venv/lib/socketio/server.py", None),
        ("/home/amy/step06/venv-3.11/lib/socketio/server.py", None),
        ("/home/amy/step06/env/lib/python3.11/site-packages/socketio/server.py", None),
        ("<string>", None),
        ("<frozen runpy>", None),
        ("\0", None),
    ],
)
def test_which_files_are_the_students_own(file: str, own: str | None) -> None:
    (trace,) = tracebacks([f'  File "{file}", line 7', "KeyError: 1"], FOLDER)
    assert [frame.where for frame in trace.frames] == ([Where(own, 7)] if own else [])


def test_a_file_without_a_name_is_nobodys_though_the_grader_runs_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (trace,) = tracebacks(['  File "<string>", line 7', "KeyError: 1"], tmp_path)
    assert trace.frames == ()


def test_a_loop_of_links_is_nobodys_file(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (trace,) = tracebacks([f'  File "{tmp_path}/loop/x.py", line 7', "KeyError: 1"], tmp_path)
    assert trace.frames == ()


def test_of_an_exception_that_came_of_another_its_own_is_kept(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        app="""
        try:
            {}["amy"]
        except KeyError as error:
            if error.args != (nobody,):
                raise
    """,
    )
    (trace,) = tracebacks(lines, tmp_path)
    assert (trace.error, trace.frames[-1].where.line) == ("NameError", 5)


def test_a_real_warning_is_found_with_its_place(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        app="""
            import asyncio
            async def say():
                pass
            async def main():
                say()
            asyncio.run(main())
            """,
    )
    assert warnings(lines, tmp_path) == [
        ("RuntimeWarning", "coroutine 'say' was never awaited", Where("app.py", 6))
    ]


def test_warnings_about_other_files_are_left_out() -> None:
    lines = ["/usr/lib/x.py:3: DeprecationWarning: old", "app.py:x: UserWarning: no line"]
    assert warnings(lines, FOLDER) == []
    assert warnings(["/home/amy/step06/app.py:3: UserWarning: careful"], None) == []


PRINTABLE_LINES = st.lists(
    st.sampled_from(
        [
            "Traceback (most recent call last):",
            '  File "/home/amy/step06/app.py", line 1, in f',
            '  File "/home/amy/step06", line 1',
            '  File "/home/amy/step06/chat.py", line 2',
            '  File "\x1b", line 99999999999999999999',
            "    code",
            "    ^^^^",
            "  [Previous line repeated 9 more times]",
            "",
            "KeyError: 'amy'",
            "no error at all",
        ]
    )
    | st.text()
)


@given(PRINTABLE_LINES)
def test_whatever_a_server_prints_is_read_without_an_error(lines: list[str]) -> None:
    for trace in tracebacks(lines, FOLDER):
        assert trace.error
        assert {frame.where.file for frame in trace.frames} <= {"app.py", "chat.py", "\x1b"}
    warnings(lines, FOLDER)
