"""The report in the terminal: facts first, then the mistake, then where to look."""

from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.result import (
    CheckResult,
    Explanation,
    Happening,
    Mistake,
    Report,
    Row,
    StepResult,
    Verdict,
    Where,
)
from grader.report.terminal import WIDTH, render

PASSED = CheckResult("it-works", "it works", Verdict.PASSED, 2, "Look.", seconds=0.25)
FAILED = CheckResult("it-hears", "it hears", Verdict.FAILED, 1, "Listen.")
UNJUDGED = CheckResult(
    "it-lists", "it lists", Verdict.NOT_JUDGED, 2, "List.", "it needs “it hears”"
)
LISTED = Row("server", "→ terry", "get online users", '{"amy": "k3Jx…"}')


def shown(*checks: CheckResult, notes: tuple[str, ...] = (), **options: bool) -> str:
    step = StepResult(6, "Saving and destroying users", checks, notes, 0.5)
    return render(Report("step06", (step,)), **options)


def lines(*checks: CheckResult, verbose: bool = False) -> list[str]:
    """The lines between the head and the summary, each with an empty line at its side."""
    _, above, *between, below, _ = shown(*checks, verbose=verbose).splitlines()
    assert above == below == ""
    return between


def held(*checks: CheckResult, holds: tuple[int, ...] = (4, 5)) -> list[str]:
    """The lines between the step's own check, which passes, and the summary."""
    step = StepResult(6, "Saving", (PASSED,), (), 0.5, holds=holds, held=checks)
    _, _, passed, above, *between, below, _ = render(Report("step06", (step,))).splitlines()
    assert (passed, above, below) == ("  ✓ it works", "", "")
    return between


def failed(
    *rows: Row, mistake: Mistake | None = None, printed: tuple[str, ...] = ()
) -> CheckResult:
    return replace(FAILED, explanation=Explanation(rows, printed, mistake))


def explained(*rows: Row, mistake: Mistake | None = None, printed: tuple[str, ...] = ()) -> str:
    """What stands below the check's own line, without the margin."""
    return dedent("\n".join(lines(failed(*rows, mistake=mistake, printed=printed))[1:]))


def text(block: str) -> str:
    return dedent(block).strip()


def test_a_whole_report_of_a_failed_step() -> None:
    check = CheckResult(
        "only-the-asker",
        "only the client that asks gets the list of online users",
        Verdict.FAILED,
        2,
        "emit(..., to=sid) answers one client.",
        explanation=Explanation(
            (
                Row("amy", "→ server", "get online users"),
                Row("server", "→ amy", "get online users", '{"amy": "k3Jx…"}'),
                replace(LISTED, note="terry did not ask"),
            ),
            (),
            Mistake(
                "answered-to-all",
                "the answer is broadcast. emit(...) without to= reaches every client; give it "
                "to=sid to answer one.",
                Where("chat.py", 21),
            ),
        ),
    )
    needing = replace(UNJUDGED, reason="it needs “only the one who asks”")
    assert shown(PASSED, check, needing, PASSED, notes=("Seen on another port.",)) == (
        "step 6 · Saving and destroying users                               2 of 4 checks\n"
        "\n"
        "  ✓ it works\n"
        "\n"
        "  ✗ only the client that asks gets the list of online users        0 of 2 points\n"
        "      amy    → server   get online users\n"
        '      server → amy      get online users  {"amy": "k3Jx…"}\n'
        '      server → terry    get online users  {"amy": "k3Jx…"}   ← terry did not ask\n'
        "      Looks like: the answer is broadcast. emit(...) without to= reaches every\n"
        "          client; give it to=sid to answer one.\n"
        "          → chat.py:21\n"
        "\n"
        "  – it lists\n"
        "      not judged: it needs “only the one who asks”\n"
        "  ✓ it works\n"
        "\n"
        "  Note: Seen on another port.\n"
        "  4 of 8 points in 0.50 s\n"
    )


def test_a_step_that_passes_is_short() -> None:
    assert shown(PASSED, PASSED) == (
        "step 6 · Saving and destroying users                               2 of 2 checks\n"
        "\n"
        "  ✓ it works\n"
        "  ✓ it works\n"
        "\n"
        "  4 of 4 points in 0.50 s\n"
    )


def test_steps_follow_one_another_with_a_line_between() -> None:
    steps = (StepResult(4, "Join", (PASSED,)), StepResult(5, "Chat", (PASSED,)))
    parts = render(Report("here", steps)).split("\n\nstep 5 · Chat ")
    assert len(parts) == 2
    assert parts[0].endswith("2 of 2 points in 0.00 s")


def test_one_point_is_a_point() -> None:
    assert lines(failed())[0].endswith("   0 of 1 point")
    assert lines(replace(failed(), points=2))[0].endswith("   0 of 2 points")


def test_failed_checks_stand_apart_by_one_empty_line() -> None:
    assert lines(failed(), failed(), PASSED) == [
        lines(failed())[0],
        "      Hint: Listen.",
        "",
        lines(failed())[0],
        "      Hint: Listen.",
        "",
        "  ✓ it works",
    ]


def test_one_reason_is_told_once_for_those_that_share_it() -> None:
    other = replace(UNJUDGED, reason="a tool is missing")
    assert lines(UNJUDGED, UNJUDGED, other) == [
        "  – it lists",
        "  – it lists",
        "      not judged: it needs “it hears”",
        "  – it lists",
        "      not judged: a tool is missing",
    ]


def test_what_was_not_run_says_so() -> None:
    other = replace(UNJUDGED, reason="apt install a-tool", not_run=True)
    assert lines(other) == ["  – it lists", "      not run: apt install a-tool"]


def test_a_reason_of_several_lines_keeps_them() -> None:
    fault = replace(UNJUDGED, reason="a fault of the grader's own:\nTraceback\n  File x\nKeyError")
    assert lines(fault)[1:] == [
        "      not judged: a fault of the grader's own:",
        "        Traceback",
        "          File x",
        "        KeyError",
    ]


def test_rows_stand_in_columns() -> None:
    assert explained(
        Row("amy", "→ server", "new user", '"amy"'),
        Row("", "… 3 more, left out"),
        Row("terry", "disconnects"),
        Row("server", "→ amy", "user has left"),
    ) == text("""
        amy    → server      new user  "amy"
               … 3 more, left out
        terry  disconnects
        server → amy         user has left
        Hint: Listen.
        """)


def test_a_note_stands_beside_its_row_where_there_is_room() -> None:
    assert explained(Row("server", "→ amy", "new user", '"a"', 'should be "b"')) == text("""
        server → amy   new user  "a"   ← should be "b"
        Hint: Listen.
        """)


def test_a_note_stands_below_its_row_where_there_is_none() -> None:
    note = "should be one of those that were there when it was sent, and is another one"
    assert explained(Row("server", "→ amy", "new user", '"' + "a" * 40 + '"', note)) == text(f"""
        server → amy   new user  "{"a" * 40}"
                         ← should be one of those that were there when it was
                         sent, and is another one
        Hint: Listen.
        """)


def test_a_note_loses_no_space_where_it_is_broken() -> None:
    for spaces in range(1, 80):
        note = 'should be "' + "a" + " " * spaces + "b" + " " * spaces + 'c"'
        row = Row("server", "→ amy", "new user", '"' + "a" * 80 + '"', note)
        below = explained(row).splitlines()[1:-1]
        assert " ".join(line.strip() for line in below) == f"← {note}"


def test_a_note_is_not_broken_inside_a_word() -> None:
    note = "should be " + "Ann-Marie-" * 20
    row = Row("server", "→ amy", "new user", '"a"', note)
    assert f"{'Ann-Marie-' * 20}\n" in explained(row)


def test_very_wide_rows_leave_their_notes_some_room() -> None:
    row = Row("amy" * 40, "→ server", "new user", "", "should not come")
    assert explained(row).splitlines()[1].strip() == "← should not come"


def test_a_payload_is_shown_whole_however_wide() -> None:
    payload = '"' + "word " * 40 + '"'
    assert f"new user  {payload}\n" in explained(Row("server", "→ amy", "new user", payload))


def test_what_the_server_printed_is_shown_below_the_rows() -> None:
    assert explained(
        Row("server", "", note="ended with exit code 1"),
        printed=("chat.py:3, in new_user", "    x = {}[name]", "", "KeyError: 'amy'"),
    ) == text("""
        server   ← ended with exit code 1
        The server printed:
          chat.py:3, in new_user
              x = {}[name]

          KeyError: 'amy'
        Hint: Listen.
        """)


def test_a_named_mistake_stands_in_place_of_the_hint() -> None:
    mistake = Mistake("wrapped", "it is wrapped.", Where("chat.py", 21))
    assert explained(mistake=mistake) == "Looks like: it is wrapped.\n    → chat.py:21"
    assert explained(mistake=replace(mistake, where=None)) == "Looks like: it is wrapped."


def test_a_long_hint_is_wrapped_and_never_inside_a_word() -> None:
    hint = "Handle it, " * 10 + 'print(f"{username}' + "x" * 80 + '")'
    wrapped = lines(replace(failed(), hint=hint))[1:]
    assert wrapped[0].startswith("      Hint: Handle it,")
    assert all(line.startswith(" " * 10) for line in wrapped[1:])
    assert max(len(line) for line in wrapped[:-1]) <= WIDTH
    assert " ".join(line.strip() for line in wrapped) == f"Hint: {hint}"


def test_a_failed_check_without_an_explanation_is_one_line() -> None:
    assert len(lines(FAILED)) == 1


HISTORY = (
    Happening(0.0, "connected", "amy", "websocket", ()),
    Happening(0.0012, "sent", "amy", "new message", ({"to": None, "b": b"\x00"}, 1)),
    Happening(12.5, "left", "terry", "closes the tab", ()),
)


def test_verbose_shows_the_history_of_every_check() -> None:
    history = [
        "        0.0000  amy        connected  websocket",
        "        0.0012  amy        sent       new message {'to': None, 'b': b'\\x00'}, 1",
        "       12.5000  terry      left       closes the tab",
    ]
    passed = replace(PASSED, history=HISTORY)
    assert lines(passed, verbose=True) == ["  ✓ it works", *history]
    assert lines(passed) == ["  ✓ it works"]
    assert lines(replace(failed(), history=HISTORY), verbose=True)[-3:] == history


def test_verbose_shows_what_is_nested_too_deeply_for_python() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = [value]
    passed = replace(PASSED, history=(Happening(0, "heard", "amy", "new user", (value,)),))
    assert lines(passed, verbose=True)[-1].endswith("new user (a list nested too deeply to show)")


@pytest.mark.parametrize(
    ("check", "code"), [(PASSED, "\x1b[32m"), (failed(), "\x1b[31m"), (UNJUDGED, "\x1b[33m")]
)
def test_the_mark_and_the_summary_have_the_colour_of_the_verdict(
    check: CheckResult, code: str
) -> None:
    assert shown(check, colour=True).count(code) == 2


def test_colour_changes_nothing_but_colour() -> None:
    check = failed(replace(LISTED, note="terry did not ask"))
    coloured = shown(PASSED, check, UNJUDGED, colour=True)
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m"):
        coloured = coloured.replace(code, "")
    assert coloured == shown(PASSED, check, UNJUDGED)


def test_without_colour_there_is_no_escape_code() -> None:
    check = failed(replace(LISTED, note="terry did not ask"))
    assert "\x1b" not in shown(PASSED, check, UNJUDGED, notes=("a note",))


ANYTHING = st.text(st.characters(), max_size=10) | st.sampled_from(["\x1b[2J", "\r", "\ud800"])


@given(ANYTHING)
def test_whatever_a_server_sends_the_terminal_obeys_none_of_it(given: str) -> None:
    checks = (
        replace(
            failed(
                Row(given, given, given, given, given),
                mistake=Mistake("x", f"x{given}", Where(given, 1)),
                printed=(given,),
            ),
            history=(Happening(0, "heard", given, given, (given, {given: [given]})),),
        ),
        replace(UNJUDGED, reason=f"x{given}"),
        replace(failed(), hint=given),
    )
    for line in shown(*checks, notes=(given,), verbose=True).split("\n"):
        assert line.isprintable()


def test_page_checks_stand_apart() -> None:
    page = replace(PASSED, title="it shows", in_browser=True)
    assert lines(PASSED, page, replace(page, title="it hides")) == [
        "  ✓ it works",
        "",
        "  in the browser",
        "",
        "  ✓ it shows",
        "  ✓ it hides",
    ]


def test_a_step_of_page_checks_alone() -> None:
    assert lines(replace(PASSED, in_browser=True)) == ["  in the browser", "", "  ✓ it works"]


def test_a_failed_page_check_shows_its_console_and_its_screenshots() -> None:
    explanation = Explanation(
        (),
        console=("\x1b[2JError: no",),
        screenshots=("shots/amy.png", "shots/terry.png"),
        place=Where("public/index.js", 26),
    )
    found = lines(replace(FAILED, in_browser=True, explanation=explanation))
    assert found[3:] == [
        "      The page's console says:",
        "        \\x1b[2JError: no",
        "      Screenshot: shots/amy.png",
        "      Screenshot: shots/terry.png",
        "      Hint: Listen.",
        "          → public/index.js:26",
    ]


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 page check was not run: add --page"), (8, "8 page checks were not run: add --page")],
)
def test_how_many_page_checks_were_not_run(count: int, said: str) -> None:
    step = StepResult(6, "Saving", (PASSED,), page_checks_not_run=count)
    assert render(Report("step06", (step,))).splitlines()[-1] == f"  {said}"


@pytest.mark.parametrize(
    ("holds", "line"),
    [
        ((4,), "  ✓ step 4 still holds · 2 checks"),
        ((4, 5), "  ✓ steps 4 and 5 still hold · 2 checks"),
        ((4, 5, 6), "  ✓ steps 4 to 6 still hold · 2 checks"),
        ((3, 5, 6), "  ✓ steps 3, 5 and 6 still hold · 2 checks"),
    ],
)
def test_that_earlier_steps_still_hold_is_one_line(holds: tuple[int, ...], line: str) -> None:
    assert held(PASSED, PASSED, holds=holds) == [line]


def test_a_check_of_an_earlier_step_that_fails_is_shown_in_full_and_without_points() -> None:
    row = Row("server", "→ terry", "new user", "5", "should be")
    assert held(PASSED, failed(row)) == [
        "  ✗ steps 4 and 5 must still hold · 1 of 2 checks",
        "",
        "  ✗ it hears",
        "      server → terry   new user  5   ← should be",
        "      Hint: Listen.",
    ]


@pytest.mark.parametrize(
    ("holds", "text"), [((4, 5), "steps 4 and 5 no longer hold"), ((4,), "step 4 no longer holds")]
)
def test_all_points_do_not_hide_that_an_earlier_step_fails(
    holds: tuple[int, ...], text: str
) -> None:
    step = StepResult(6, "Saving", (PASSED,), (), 0.5, holds=holds, held=(PASSED, FAILED))
    *_, summary = render(Report("step06", (step,))).splitlines()
    assert summary == f"  2 of 2 points in 0.50 s, but {text}"


def test_a_title_that_leaves_no_room_for_the_points_goes_on_in_the_next_line() -> None:
    title = "a user who closes the tab is removed, and all the others are told of it"
    check = replace(FAILED, title=title, explanation=Explanation(()))
    assert lines(check)[:2] == [
        "  ✗ a user who closes the tab is removed, and all the others are    0 of 1 point",
        "    told of it",
    ]
