"""Plain English: what the linter says of the constructions that came back most often."""

import pytest

from grader.dev.english import stumbles


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a user who disconnects is removed", []),
        ("Who asks? The page does.", []),
        ("emit it to the client that asks", []),
        ("who disconnects is removed", ["who disconnects is removed"]),
        ("Save it. Who asks later gets it.", ["Who asks later gets it"]),
        ("build the list anew", ["anew"]),
        ("mend the first one", ["mend"]),
        ("everybody but for the sender", ["but for"]),
        ("a blank line behind it", ["behind it"]),
        ("answer whoever asks", ["whoever"]),
    ],
)
def test_a_construction_that_came_back_often_is_found(text: str, found: list[str]) -> None:
    assert [words for words, _ in stumbles(text)] == found
