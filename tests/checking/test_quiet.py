"""When nothing is under way any more, and what keeps that from being so."""

from grader.checking.quiet import BARRIERS, broken_connection, settle
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.history.patience import Patience
from tests.checking.stage import Stage


async def test_to_settle_is_to_pass_the_barriers_on_everybody_present(stage: Stage) -> None:
    stage.terry.connected = False
    patience = Patience(0)
    assert await settle(stage.around, barriers=BARRIERS, patience=patience) is None
    assert stage.amy.barriers == [patience] * BARRIERS
    assert stage.terry.barriers == []


async def test_who_goes_while_a_barrier_is_under_way_is_not_called_silent(stage: Stage) -> None:
    def answered() -> bool:
        stage.amy.connected = False
        return False

    stage.amy.answered = answered
    assert await settle(stage.around) is None


async def test_where_the_server_has_stopped_nobody_calls_it_silent(stage: Stage) -> None:
    stage.amy.answered = lambda: False
    stage.stopped = Finding(Fault.ENDED)
    assert await settle(stage.around) is None


def test_a_connection_is_broken_by_the_first_that_was_lost(stage: Stage) -> None:
    assert broken_connection(stage.conversation) is None
    stage.conversation.record(Kind.LEFT, "bob", "disconnects")
    assert broken_connection(stage.conversation) is None
    stage.conversation.record(Kind.LOST, "amy", "transport close")
    stage.conversation.record(Kind.MALFORMED, "terry", "'9'", ("is no packet",))
    assert broken_connection(stage.conversation) == Finding(
        Fault.LOST, "amy", entry=1, text="transport close"
    )


def test_a_connection_is_broken_by_what_is_no_packet(stage: Stage) -> None:
    stage.conversation.record(Kind.MALFORMED, "terry", "'9'", ("is no packet",))
    assert broken_connection(stage.conversation) == Finding(
        Fault.MALFORMED, "terry", got=("'9'",), entry=0, text="is no packet"
    )
