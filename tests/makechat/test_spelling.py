"""A misspelt event name is taken for the nearest one that is known."""

import pytest

from grader.makechat.mistakes.spelling import alike, meant

KNOWN = ("userConnected", "userDisconnected", "new user")


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("userConnectd", "userConnected"),
        ("userDisconected", "userDisconnected"),
        ("new_user", "new user"),
        ("NewUser", "new user"),
        ("recMessage", ""),
        ("userConnected", "userDisconnected"),
    ],
)
def test_the_nearest_name_is_meant(name: str, right: str) -> None:
    assert meant(name, KNOWN) == right


def test_of_two_that_are_as_near_neither_is_meant() -> None:
    assert meant("modal3", ("modal1", "modal2")) == ""


def test_the_librarys_own_events_are_not_taken_for_each_other() -> None:
    assert alike("conect", "connect")
    assert not alike("connect", "disconnect")
