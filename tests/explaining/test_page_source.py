"""A page's scripts are read to point at a line, and to see what is not in them."""

from pathlib import Path

import pytest

from grader.explaining.files import LARGEST_FILE
from grader.explaining.page_source import page_source
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.report.result import Explanation, Where
from tests.explaining.test_rows import History

SCRIPT = """const socket = io();
form.addEventListener("submit", () => {
  socket.emit("new user", input.value);
});
socket.on('new message', show);
"""
SAID = "new message"
UNSEEN = Finding(Fault.UNSEEN, "amy", text="it shows nothing", should='show "hi"', about=(SAID,))
UNSENT = Finding(Fault.MISSING, "bob", "new user", ("amy",))


@pytest.fixture
def history() -> History:
    history = History()
    history.conversation.clients.append("bob")
    history.conversation.pages += ["amy"]
    return history


def page(folder: Path, script: str, html: str = "") -> Path:
    (folder / "public").mkdir()
    (folder / "public" / "index.js").write_text(script, encoding="utf-8")
    (folder / "public" / "index.html").write_text(html, encoding="utf-8")
    return folder


def named(explanation: Explanation) -> tuple[str, str, Where | None]:
    assert explanation.mistake
    return explanation.mistake.id, explanation.mistake.text, explanation.mistake.where


def test_what_listens_and_what_emits_has_its_line(tmp_path: Path) -> None:
    html = "<script>\n  socket.once(`hello`, show);\n</script>"
    found = page_source(page(tmp_path, SCRIPT, html))
    assert found.listening_to(SAID) == Where("public/index.js", 5)
    assert found.listening_to("hello") == Where("public/index.html", 2)
    assert found.emitting("new user") == Where("public/index.js", 3)
    assert found.emitting(SAID) is None
    assert not found.unread


def test_a_handler_that_is_set_listens_too(tmp_path: Path) -> None:
    html = '<form\n onsubmit="send(event)"><button on="no">'
    found = page_source(page(tmp_path, "form.onclick = send; form.onclose == null;", html))
    assert found.listening_to("click") == Where("public/index.js", 1)
    assert found.listening_to("submit") == Where("public/index.html", 2)
    assert found.listening_to("close") is None


def test_what_is_commented_out_is_not_there(tmp_path: Path) -> None:
    script = "// socket.on('new message');\n/* socket.emit('new user') */ say('.on()');"
    html = "<!-- <script>socket.on('hello')</script> -->\n<p>socket.emit('new user')</p>"
    found = page_source(page(tmp_path, script, html))
    assert (found.listeners, found.emits, found.unread) == ([], [], False)


def test_a_handler_in_an_element_is_read(tmp_path: Path) -> None:
    found = page_source(page(tmp_path, "", "<p>\n<button onclick=\"socket.emit('bye')\">"))
    assert found.emitting("bye") == Where("public/index.html", 2)


def test_scripts_of_other_hosts_are_told_apart(tmp_path: Path) -> None:
    there = ("https://cdn.example/jquery.js", "//cdn.example/b.js")
    tags = "\n".join(f'<script src="{url}"></script>' for url in (*there, "/public/index.js"))
    found = page_source(page(tmp_path, "", tags)).elsewhere
    assert found == [(url, Where("public/index.html", i)) for i, url in enumerate(there, 1)]


def test_what_is_there_twice_has_no_line(tmp_path: Path) -> None:
    found = page_source(page(tmp_path, SCRIPT + "socket.on('new message', count);"))
    assert found.listening_to(SAID) is None


def test_a_name_that_is_no_text_may_be_any(tmp_path: Path) -> None:
    assert page_source(page(tmp_path, "socket.on(EVENT, show);")).unread


def test_one_that_listens_to_all_events_may_listen_to_any(tmp_path: Path) -> None:
    assert page_source(page(tmp_path, "socket.onAny((event) => show(event));")).unread


@pytest.mark.parametrize(
    ("file", "script"),
    [("client/index.js", "say();"), ("bundle.js", "say();\n" * 40_000), ("a/b/c/d.mjs", "say();")],
)
def test_a_script_that_is_not_read_may_listen_to_any(
    tmp_path: Path, file: str, script: str
) -> None:
    folder = page(tmp_path, SCRIPT)
    assert not page_source(folder).unread
    (folder / "public" / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / "public" / file).write_text(script, encoding="utf-8")
    assert page_source(folder).unread


def test_a_name_that_is_put_together_may_be_any(tmp_path: Path) -> None:
    found = page_source(page(tmp_path, "socket.emit(`to ${name}`, text);"))
    assert (found.emits, found.unread) == ([], True)


def test_what_is_too_large_for_a_source_is_not_read(tmp_path: Path) -> None:
    assert page_source(page(tmp_path, SCRIPT + " " * LARGEST_FILE)).listeners == []


def test_without_a_submission_nothing_is_read() -> None:
    assert page_source(None).listeners == []


def test_what_is_not_shown_is_handled_here(history: History, tmp_path: Path) -> None:
    history.hears("amy", SAID, {})
    explanation = history.explained(UNSEEN, folder=page(tmp_path, SCRIPT))
    assert (explanation.mistake, explanation.place) == (None, Where("public/index.js", 5))


def test_what_is_not_shown_after_something_was_sent_follows_there(
    history: History, tmp_path: Path
) -> None:
    history.sends("amy", "new user", "amy")
    explanation = history.explained(UNSEEN, folder=page(tmp_path, SCRIPT))
    assert explanation.place == Where("public/index.js", 3)


def test_a_check_without_a_page_has_no_place_in_it(history: History, tmp_path: Path) -> None:
    history.conversation.pages.clear()
    assert history.explained(UNSENT, folder=page(tmp_path, SCRIPT)).place is None


def test_an_event_that_the_page_does_not_listen_to(history: History, tmp_path: Path) -> None:
    history.hears("amy", SAID, {})
    folder = page(tmp_path, SCRIPT.replace("new message", "something else"))
    assert named(history.explained(UNSEEN, folder=folder)) == (
        "page-does-not-listen",
        'the server sends "new message", and nothing in the page listens to it: '
        'socket.on("new message", ...).',
        Where("public/index.js", 1),
    )


def test_an_event_that_the_page_misspells_where_it_listens(
    history: History, tmp_path: Path
) -> None:
    history.hears("amy", SAID, {})
    folder = page(tmp_path, SCRIPT.replace("new message", "new mesage"))
    assert named(history.explained(UNSEEN, folder=folder)) == (
        "page-misspells-event",
        'the page listens to "new mesage", and the server sends "new message".',
        Where("public/index.js", 5),
    )


def test_an_event_that_nothing_in_the_page_emits(history: History, tmp_path: Path) -> None:
    folder = page(tmp_path, SCRIPT.replace('"new user"', '"something else"'))
    assert named(history.explained(UNSENT, folder=folder)) == (
        "page-does-not-emit",
        'nothing in the page emits "new user", so the server cannot know.',
        Where("public/index.js", 1),
    )


def test_a_form_that_the_browser_sends_is_handled_here(history: History, tmp_path: Path) -> None:
    history.record(Kind.LOADED, "amy", "GET /?name=amy")
    explanation = history.explained(UNSENT, folder=page(tmp_path, SCRIPT))
    assert named(explanation)[::2] == ("sent-by-the-browser", Where("public/index.js", 2))


def test_an_event_that_the_page_misspells_where_it_emits(history: History, tmp_path: Path) -> None:
    history.sends("amy", "get chanels")
    script = SCRIPT + 'socket.emit("get chanels");\n'
    explanation = history.explained(UNSEEN, folder=page(tmp_path, script))
    assert named(explanation) == (
        "page-misspells-event",
        'the page emits "get chanels", and the server listens to "get channels".',
        Where("public/index.js", 6),
    )


def test_the_librarys_event_that_the_page_misspells(history: History, tmp_path: Path) -> None:
    script = SCRIPT + 'socket.on("conect", show);\n'
    assert named(history.explained(UNSEEN, folder=page(tmp_path, script))) == (
        "page-misspells-event",
        'the page listens to "conect", and the event of the library is "connect".',
        Where("public/index.js", 6),
    )


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        (
            "ReferenceError: currentUser is not defined (public/index.js:3)",
            (
                "script-stops",
                "the script stopped here, with ReferenceError: currentUser is not defined; what "
                "stands after it did not run.",
                Where("public/index.js", 3),
            ),
        ),
        (
            "SyntaxError: Unexpected token '}' (public/index.js:4)",
            (
                "script-unreadable",
                "public/index.js cannot be read, so nothing in it runs: Unexpected token '}'. Is a "
                "bracket or a quote missing, or one too many?",
                Where("public/index.js", 4),
            ),
        ),
        (
            "SyntaxError: Identifier 'socket' has already been declared (public/index.js:4)",
            (
                "script-unreadable",
                "public/index.js cannot be read, so nothing in it runs: Identifier 'socket' has "
                "already been declared.",
                Where("public/index.js", 4),
            ),
        ),
    ],
)
def test_an_error_that_a_page_does_not_catch(
    history: History, tmp_path: Path, said: str, mistake: tuple[str, str, Where | None]
) -> None:
    history.conversation.record(Kind.CONSOLE, "amy", said)
    assert named(history.explained(UNSEEN, folder=page(tmp_path, SCRIPT))) == mistake


def test_of_two_forms_the_one_that_the_browser_sends_is_pointed_at(
    history: History, tmp_path: Path
) -> None:
    other = 'other.addEventListener("submit", (event) => {\n  event.preventDefault();\n});\n'
    history.conversation.record(Kind.LOADED, "amy", "http://127.0.0.1:3000/?name=amy")
    mistake = history.explained(UNSEEN, folder=page(tmp_path, other + SCRIPT)).mistake
    assert mistake
    assert (mistake.id, mistake.where) == ("sent-by-the-browser", Where("public/index.js", 5))
