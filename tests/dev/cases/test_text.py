"""A case as text: read, written, and what is said of every mistake in it, to the letter."""

import pytest

from grader.dev.cases import text
from grader.dev.cases.case import Case, CaseError, Edit, Head, NewFile, RemovedFile
from grader.dev.cases.hunks import Hunk

WRITTEN = """\
The list of online users is broadcast instead of sent to the user who asked for it, whoever that may
be.

step: 6
mistake: answered-to-all, wrapped
unlike: list_to_others, step07/answer_broadcast
page: yes
whole: yes
unsteady: the-list-comes-once

change chat.py
-    await sio.emit("get online users", online_users, to=sid)
+    await sio.emit("get online users", online_users)

     # after an empty line
@@
 import a
+
+import b

new public/helper.py
+def change():
+
+    return 1

remove public/index.js

report
  ✗ only the one who asks gets the list            0 of 2 points

      amy    → server    new user  "amy"
"""

CASE = Case(
    "step06",
    "some_name",
    Head(
        "The list of online users is broadcast instead of sent to the user who asked for it, "
        "whoever that may be.",
        6,
        ("answered-to-all", "wrapped"),
        ("list_to_others", "step07/answer_broadcast"),
        True,
        True,
        ("the-list-comes-once",),
    ),
    (
        Edit(
            "chat.py",
            (
                Hunk(
                    (
                        '-    await sio.emit("get online users", online_users, to=sid)',
                        '+    await sio.emit("get online users", online_users)',
                        " ",
                        "     # after an empty line",
                    )
                ),
                Hunk((" import a", "+", "+import b")),
            ),
        ),
        NewFile("public/helper.py", "def change():\n\n    return 1\n"),
        RemovedFile("public/index.js"),
    ),
    "  ✗ only the one who asks gets the list            0 of 2 points\n\n"
    '      amy    → server    new user  "amy"\n',
)


def test_what_is_written_is_read() -> None:
    assert text.write(CASE) == WRITTEN
    assert text.parse(WRITTEN, "step06", "some_name") == CASE


def test_an_empty_line_at_the_end_of_a_hunk_keeps_its_space() -> None:
    case = Case("step04", "short", Head("It is wrong."), (Edit("a.py", (Hunk(("-a", " ")),)),))
    assert text.write(case) == "It is wrong.\n\nmistake: none\n\nchange a.py\n-a\n \n"
    assert text.parse(text.write(case), "step04", "short") == case


def test_a_case_may_be_short() -> None:
    case = text.parse("It is wrong.\n\nmistake: none\n\nremove a.py\n", "step04", "short")
    assert case == Case("step04", "short", Head("It is wrong."), (RemovedFile("a.py"),))
    assert text.write(case) == "It is wrong.\n\nmistake: none\n\nremove a.py\n"


def test_windows_line_ends_are_read_too() -> None:
    source = "It is wrong.\r\n\r\nmistake: none\r\n\r\nchange a.py\r\n-a\r\n"
    (change,) = text.parse(source, "step04", "short").changes
    assert change == Edit("a.py", (Hunk(("-a",)),))


HEAD = "It is wrong.\n\nmistake: none\n\n"

WRONG = {
    "": "1: the sentence that says what is wrong should be here",
    "mistake: none\n": "1: the sentence that says what is wrong should be here",
    "change a.py\n-a\n": "1: the sentence that says what is wrong should be here",
    "It is wrong\n": "1: the sentence that says what is wrong should end with a full stop",
    "It is wrong.\n": "2: the head names no mistake; write “mistake: ID”, or “mistake: none”",
    "It is wrong.\n\npage: yes\n": (
        "3: the head names no mistake; write “mistake: ID”, or “mistake: none”"
    ),
    "It is wrong.\n\nmistake: none\nmistakes: a\n": (
        "4: “mistakes: a” is no line of a head; there are "
        "step, mistake, unlike, page, whole, unsteady"
    ),
    "It is wrong.\n\nmistake:\n": (
        "3: “mistake:” is no line of a head; there are step, mistake, unlike, page, whole, unsteady"
    ),
    "It is wrong.\n\nmistake: a\nmistake: b\n": "4: “mistake” is said twice",
    "It is wrong.\n\nmistake: a\npage: no\n": "4: “page” is yes, or left out",
    "It is wrong.\n\nstep: six\nmistake: a\n": "3: “step” is a number",
    HEAD: "5: it changes nothing; write “change FILE” and what to search and replace",
    f"{HEAD}report\n  ✗ a\n": (
        "5: it changes nothing; write “change FILE” and what to search and replace"
    ),
    f"{HEAD}changed a.py\n": (
        "5: “change FILE”, “new FILE”, “remove FILE” or “report” should be here"
    ),
    f"{HEAD}change ../a.py\n-a\n": "5: “../a.py” is no path inside the solution",
    f"{HEAD}change /a.py\n-a\n": "5: “/a.py” is no path inside the solution",
    f"{HEAD}change a.py\nimport a\n": "6: a line of a change begins with a space, - or +",
    f"{HEAD}change a.py\n": "6: nothing is changed here: no line begins with - or +",
    f"{HEAD}change a.py\n a\n": "6: nothing is changed here: no line begins with - or +",
    f"{HEAD}change a.py\n-a\n@@\n a\n": "8: nothing is changed here: no line begins with - or +",
    f"{HEAD}change a.py\n+a\n": "6: nothing to search: add a line of the solution, after a space",
    f"{HEAD}change a.py\n-a\n\nremove a.py\n": ("8: a.py is changed twice: put it under one line"),
    f"{HEAD}new a.py\n+a\n b\n": "7: each line of a new file begins with +",
    f"{HEAD}remove a.py\n-a\n": "5: after “remove FILE” comes nothing",
}


@pytest.mark.parametrize("source", WRONG)
def test_what_is_wrong_with_a_case_is_said_to_the_letter(source: str) -> None:
    with pytest.raises(CaseError) as caught:
        text.parse(source, "step04", "short")
    assert str(caught.value) == f"step04/short.case:{WRONG[source]}"
