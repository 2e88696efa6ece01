"""Known mistakes, recognised from the shape of a failed history.

A rule is a function of Evidence that gives a Mistake, or None where it is not sure: a wrong name
is worse than none. The rules go from what is certain (the server says it itself) to what is
concluded from who heard what; the first that is sure has the word. The source of a submission
only tells apart, and locates, what the history has shown.
"""

from collections.abc import Callable

from grader.explaining.evidence import Evidence
from grader.history.conversation import Conversation
from grader.makechat.mistakes import (
    answers,
    channels,
    framing,
    handshake,
    hearing,
    pages,
    payloads,
    presence,
    process,
)
from grader.report.result import Mistake

Rules = tuple[Callable[[Evidence], Mistake | None], ...]

SOCKETIO: Rules = (*presence.RULES, *channels.RULES, *payloads.RULES, *hearing.RULES)
ECHO: Rules = (*handshake.RULES, *framing.RULES)  # of step 1


def recognise(evidence: Evidence) -> Mistake | None:
    """The mistake that the evidence looks like, or None."""
    for rule in (*answers.RULES, *process.RULES, *_of(evidence.conversation)):
        if mistake := rule(evidence):
            return mistake
    return None


def _of(conversation: Conversation) -> Rules:
    """The rules for what the clients of a conversation are."""
    if conversation.pages:
        return pages.RULES
    return SOCKETIO if conversation.socketio else ECHO
