"""Text that others have written obeys no terminal."""

import pytest

from grader.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [("new user", "new user"), ("a\tb\n", r"a\tb\n"), ("\x1b]0;x\x07", r"\x1b]0;x\x07")],
)
def test_text_is_made_printable(text: str, shown: str) -> None:
    assert printable(text) == shown
