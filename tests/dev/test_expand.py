"""What `grader dev lessons` writes into a lesson: quotes, diffs, and the checks of a task."""

from pathlib import Path

import pytest

from grader.course.course import find_course
from grader.dev.expand import diff, listed, quote
from tests.support import grader
from tests.tiny_course import LESSON, SOLVED, START, lines, replace, write

SCRIPT = """\
socket.on("hello", (name) => {
  show(name, {
    loud: true,
  });

  wave();
});
function wave() {
  // both hands
}
"""

NAMED = """\
class Chat:
    def hello(self):

        print("hello")

    def bye(self): ...
"""

TAGS = """\
<ul class="users">
  <li>amy</li>
</ul>
<p>```</p>
"""


def quoted(root: Path, argument: str) -> str:
    """What the quote comes to in step 5's lesson, where the files above are in its solution."""
    for name, text in {"a.js": SCRIPT, "a.py": NAMED, "a.html": TAGS, "a.txt": "a\n"}.items():
        write(root, f"{SOLVED}/{name}", text)
    course = find_course(root)
    return quote(course, course.find("5"), argument)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("solution/a.js: loud", "```js\nloud: true,\n```\n"),
        ("solution/a.js: show(name … });", "```js\nshow(name, {\n  loud: true,\n});\n```\n"),
        ("solution/a.js: function wave … }", "```js\nfunction wave() {\n  // both hands\n}\n```\n"),
        ("solution/a.js: socket.on … wave", f"```js\n{SCRIPT.partition('wave')[0]}wave();\n```\n"),
        ("solution/a.js: socket.on …", f"```js\n{SCRIPT.partition('function')[0]}```\n"),
        ("solution/a.js: function wave …", "```js\nfunction wave() {\n  // both hands\n}\n```\n"),
        ("solution/a.py: def hello …", '```python\ndef hello(self):\n\n    print("hello")\n```\n'),
        ("solution/a.py: class Chat …", f"```python\n{NAMED}```\n"),
        ("solution/a.html: <ul …", '```html\n<ul class="users">\n  <li>amy</li>\n</ul>\n```\n'),
        ("solution/a.html: <p>", "````html\n<p>```</p>\n````\n"),
        ("solution/a.txt: a", "```\na\n```\n"),
        ("starter/step.toml: title", '```toml\ntitle = "Talk"\n```\n'),
        ("solutions/step04_join/app.py: import os", "```python\nimport os\n```\n"),
    ],
)
def test_a_quote_is_what_the_file_says(root: Path, argument: str, expected: str) -> None:
    assert quoted(root, argument) == expected


def test_a_diff_is_against_the_solution_that_the_step_continues(root: Path) -> None:
    write(root, f"{SOLVED}/talk.py", "a = 1\n")
    (root / SOLVED / "public/index.js").unlink()
    (root / SOLVED / "public/icon.png").write_bytes(b"\xff")
    course = find_course(root)
    assert (
        diff(course, course.find("5"))
        == """\
<details>
<summary>Since step 4: 6 lines added, 2 removed</summary>

`chat.py`

```diff
@@ -3,3 +3,7 @@
     async def new_user(sid, username):
         print(f"{username} has joined the chat")
         await sio.emit("new user", username)
+
+    @sio.on("new message")
+    async def new_message(sid, data):
+        await sio.emit("new message", data)
```

`public/index.js` (gone)

```diff
@@ -1 +0,0 @@
-const users = document.querySelector(".users");
```

`public/style.css`

```diff
@@ -1,3 +1,3 @@
 .users {
-  width: 10px;
+  width: 20px;
 }
```

`talk.py` (new)

```diff
@@ -0,0 +1 @@
+a = 1
```

</details>
"""
    )


def test_the_diff_of_a_new_app_is_against_its_starter(root: Path) -> None:
    course = find_course(root)
    text = diff(course, course.find("4"))
    assert text.startswith("<details>\n<summary>Since the starter: 5 lines added, 3 removed<")
    assert "README.md" not in text


def test_the_checks_of_a_task_are_listed_by_their_titles(root: Path) -> None:
    step = find_course(root).find("5")
    assert listed(step, "messages-keep-their-order  the-sender-hears-its-message") == (
        "*Proved by*\n\n"
        "- ✓ 50 messages of two senders keep each sender's order\n"
        "- ✓ the sender of a message hears it, once\n"
    )


def test_the_command_writes_what_is_out_of_date_and_nothing_else(root: Path) -> None:
    before = (root / LESSON).read_bytes()
    replace(root, LESSON, "+  width: 20px;", "+  width: 30px;")
    run = grader("dev", "lessons", cwd=root / START)
    assert (run.code, run.out, run.err) == (0, f"{LESSON}: written\n", "")
    assert (root / LESSON).read_bytes() == before
    assert grader("dev", "lessons", cwd=root).out == ""
    assert lines(root) == []


def test_what_is_generated_may_have_comments_of_its_own(root: Path) -> None:
    page = f"{SOLVED}/public/index.html"
    write(root, page, (root / page).read_text() + "<!-- the end -->\n")
    assert grader("dev", "lessons", cwd=root).out == f"{LESSON}: written\n"
    assert "+<!-- the end -->" in (root / LESSON).read_text()
    assert grader("dev", "lessons", cwd=root).out == ""


def test_a_lesson_that_cannot_be_generated_is_left_as_it_is(root: Path) -> None:
    replace(root, LESSON, "+  width: 20px;", "+  width: 30px;")
    line = replace(root, LESSON, "index.js: const users", "index.js: const amy")
    before = (root / LESSON).read_bytes()
    run = grader("dev", "lessons", cwd=root)
    assert (run.code, run.err) == (1, "")
    assert run.out == (
        f"{LESSON}:{line}: no line of solution/public/index.js has 'const amy'; "
        "quote a text that one line has\n"
    )
    assert (root / LESSON).read_bytes() == before
