"""What one client must hear, judged without a server."""

from typing import Any

import pytest

from grader.checking.expectations import HearsResponse
from grader.history.findings import Fault

UPGRADE = {"Upgrade": "websocket"}


@pytest.mark.parametrize(
    ("status", "headers", "right"),
    [
        (426, {"upgrade": "h2c, WebSocket"}, True),
        (426, {}, False),
        (400, {}, True),
        (101, UPGRADE, False),
    ],
)
def test_of_two_answers_that_will_do_either_is_right(
    status: int, headers: dict[str, str], *, right: bool
) -> None:
    payloads: tuple[tuple[Any, ...], ...] = ((426, UPGRADE), (400,))
    answered = HearsResponse("amy", "response", payloads)
    complete, finding = answered.judge([(3, (status, headers))])
    assert complete
    if right:
        assert finding is None
    else:
        assert finding
        assert (finding.fault, finding.expected) == (Fault.DIFFERENT, (426, UPGRADE))
