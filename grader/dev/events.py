"""Every event of the course: who sends it, in which steps, with what, and which checks hold it.

`play` runs the steps' checks on the solutions, and keeps what was said; `table` makes of that one
row for each event. What a check judges is asked of the check itself, while it is played.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.checking import suite
from grader.checking.check import Check
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.checking.scene import Scene
from grader.course.course import Course
from grader.dev import proofs
from grader.history.conversation import Entry, Kind
from grader.history.values import show
from grader.report.result import Verdict
from grader.servers.launcher import HostLauncher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost

_ACTIONS = (Kind.CONNECTED, Kind.SENT, Kind.LEFT)  # what a server's event may be the answer to


class NotPassedError(Exception):
    """A solution does not pass a check, so there is nothing to tell; names both."""


@dataclass(frozen=True)
class Played:
    """A check that a step's solution has passed: what happened, and the events it judges.

    `own`: the check is the step's own, and not an earlier one's that it repeats.
    """

    step: int
    check: Check
    own: bool
    entries: tuple[Entry, ...]
    judged: frozenset[str]


@dataclass(frozen=True)
class Line:
    """One line of an example: `who` does it; `to` is "" where it is said to nobody."""

    who: str
    to: str
    event: str
    payload: str


@dataclass(frozen=True)
class Event:
    """One event. `sent`: clients send it to the server; `heard`: the server sends it to clients.

    steps: those whose server knows it, in order. example: a moment in which it came up, taken
    from `source`. holders: the checks that judge it, each once, in the order of the steps.
    """

    name: str
    sent: bool
    heard: bool
    steps: tuple[int, ...]
    example: tuple[Line, ...]
    source: Played
    holders: tuple[Played, ...]


async def play(course: Course) -> list[Played]:
    """Play every check of every step that needs no browser on the step's solution.

    What cannot be judged here, as something that it needs is missing, is left out. Raises
    NotPassedError.
    """
    launcher = HostLauncher(WarmHost())
    done: list[Played] = []
    try:
        for step in course.steps:
            every = [one for one in proofs.of_step(step) if not one.in_browser]
            scenes: dict[str, Scene] = {}
            checks = [_watched(one.check, scenes) for one in every]
            words = suite.of_step(step.number, step.package).vocabulary
            submission = Submission(step.solution, static=course.root / "static")
            run = StepRun(submission, launcher, Options(), vocabulary=words)
            result = await run.run(step.number, step.title, checks)
            for proof, came in zip(every, result.checks, strict=True):
                if came.verdict is Verdict.FAILED or came.graders_fault:
                    what = came.reason or "it fails"
                    raise NotPassedError(f"the solution of step {step.number}: {came.id}: {what}")
                if came.verdict is Verdict.PASSED and scenes[came.id].conversation.socketio:
                    done.append(_played(step.number, proof, scenes[came.id]))
    finally:
        await launcher.close()
    return done


def table(played: Sequence[Played]) -> list[Event]:
    """One row for each event, in the order in which the steps bring them.

    An event is a step's where its server sends it. Pages send more than the servers of the first
    steps know, so a client's sending tells only of what no server ever sends.
    """
    heard = dict.fromkeys(name for one in played for name in _names(one, Kind.HEARD))
    sent = dict.fromkeys(name for one in played for name in _names(one, Kind.SENT))
    rows = [_event(name, Kind.HEARD, played) for name in heard]
    rows += [_event(name, Kind.SENT, played) for name in sent if name not in heard]
    return sorted(rows, key=lambda event: played.index(event.source))


def _watched(check: Check, scenes: dict[str, Scene]) -> Check:
    """The same check, which keeps its scene."""

    @functools.wraps(check.play)
    async def play(scene: Scene) -> None:
        scenes[check.id] = scene
        await check.play(scene)

    return replace(check, play=play, needs=())


def _played(step: int, proof: proofs.Proof, scene: Scene) -> Played:
    entries = tuple(scene.conversation.entries)
    return Played(step, proof.check, proof.own, entries, frozenset(scene.judged))


def _names(played: Played, kind: Kind) -> list[str]:
    return [entry.event for entry in played.entries if entry.kind is kind]


def _event(name: str, kind: Kind, played: Sequence[Played]) -> Event:
    """The row of an event that is known by entries of this kind."""
    known = [one for one in played if name in _names(one, kind)]
    steps = sorted({one.step for one in known})
    holds = [one for one in played if name in one.judged] if kind is Kind.HEARD else known
    source = next((one for one in holds if one in known), known[0])
    return Event(
        name,
        sent=any(name in _names(one, Kind.SENT) for one in played if one.step in steps),
        heard=kind is Kind.HEARD,
        steps=tuple(steps),
        example=tuple(_example(name, kind, source.entries)),
        source=source,
        holders=tuple(one for one in holds if one.own),
    )


def _example(name: str, kind: Kind, entries: Sequence[Entry]) -> Iterator[Line]:
    """The last time it came up: what was done just before, and who heard it then."""
    last = max(i for i, entry in enumerate(entries) if (entry.kind, entry.event) == (kind, name))
    start = next((i for i in range(last, -1, -1) if entries[i].kind in _ACTIONS), -1)
    if start >= 0:
        yield _line(entries[start])
    for entry in entries[start + 1 :]:
        if entry.kind in _ACTIONS:
            return
        if (entry.kind, entry.event, entry.args) == (Kind.HEARD, name, entries[last].args):
            yield _line(entry)


def _line(entry: Entry) -> Line:
    payload = show(entry.args, {})
    if entry.kind is Kind.HEARD:
        return Line("server", entry.client, entry.event, payload)
    if entry.kind is Kind.SENT:
        return Line(entry.client, "server", entry.event, payload)
    does = entry.event if entry.kind is Kind.LEFT else "connects"
    return Line(entry.client, "", does, payload)
