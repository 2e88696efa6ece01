"""Text that others have written obeys no terminal."""

import pytest

from grader.text import printable, uncoloured


@pytest.mark.parametrize(
    ("text", "shown"),
    [("new user", "new user"), ("a\tb\n", r"a\tb\n"), ("\x1b]0;x\x07", r"\x1b]0;x\x07")],
)
def test_text_is_made_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_colours_are_taken_out_of_it() -> None:
    assert uncoloured("\x1b[0m\x1b[1;31merror\x1b[0m: \x1b]0;x\x07") == "error: \x1b]0;x\x07"
