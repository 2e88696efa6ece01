"""The pages of the reference, as Markdown: every event, and every check."""

import re
from collections.abc import Iterator, Sequence

from grader.checking import suite
from grader.checking.check import Check
from grader.course.course import Course
from grader.dev import proofs
from grader.dev.events import Event, Line, Played

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$&^]")

EVENTS = """\
# Events

Everything that the pages and the servers of this course say to each other over Socket.IO. Step 1,
which speaks in frames of its own, and step 2, which only serves files, have no events.

Nothing in the examples is made up: each was recorded when this book was built, while a check drove
its clients against the finished step. A socket id is another one each time.
"""

CHECKS = """\
# Checks

What `grader check` holds each step against: the lines that it prints, and the hints that it gives
to those who fail. A step also repeats checks of the steps before it; each is listed here once,
where it comes up first. Checks “in the browser” are about the page, and are run with `--page`.
"""


def events(rows: Sequence[Event]) -> str:
    """The page on events."""
    lines = [EVENTS, "| event | client → server | server → client | steps |", "|---|:-:|:-:|---|"]
    for event in rows:
        sent, heard = ("✓" if said else "" for said in (event.sent, event.heard))
        steps = ", ".join(map(str, event.steps))
        lines.append(f"| [`{event.name}`](#{_anchor(event)}) | {sent} | {heard} | {steps} |")
    lines.append("")
    for event in rows:
        lines += _event(event)
    return "\n".join(lines)


def checks(course: Course) -> str:
    """The page on checks."""
    lines = [CHECKS]
    for step in course.steps:
        every = proofs.of_step(step)
        own = [one for one in every if one.own]
        count = f"{_many(len(own), 'check')} of its own"
        if repeated := len(every) - len(own):
            count += f", {repeated} of earlier steps"
        points = _many(sum(one.check.points for one in every), "point")
        lines += [
            f"## Step {step.number} · {plain(step.title)}",
            "",
            f"[The lesson](../steps/{step.folder.name}/README.md) · {count}, {points} in all",
            "",
        ]
        for one in own:
            lines += _check(step.number, one)
    return "\n".join(lines)


def plain(text: str) -> str:
    """The text as Markdown that shows it as it is; `…` marks code, as it does there."""
    parts = re.split(r"(`[^`]+`)", text)  # code is every other one
    parts[::2] = [_SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
    return "".join(parts)


def _event(event: Event) -> Iterator[str]:
    ways = {"client → server": event.sent, "server → client": event.heard}
    steps = ("step " if len(event.steps) == 1 else "steps ") + ", ".join(map(str, event.steps))
    yield f"({_anchor(event)})="
    yield f"## `{event.name}`\n"
    yield f"{' and '.join(way for way, there in ways.items() if there)}, in {steps}\n"
    yield "```text"
    yield from _aligned(event.example)
    yield "```\n"
    yield f"*Recorded in step {event.source.step}:* {_link(event.source)}\n"
    if event.holders:
        yield "| held by | step | points |"
        yield "|---|---|---|"
        for one in event.holders:
            yield f"| {_link(one)} | {one.step} | {one.check.points} |"
    else:
        yield "No check judges it."
    yield ""


def _check(step: int, proof: proofs.Proof) -> Iterator[str]:
    where = " · in the browser" if proof.in_browser else ""
    yield f"({_label(step, proof.check)})="
    yield f"### {plain(proof.check.title)}\n"
    yield f"{_many(proof.check.points, 'point')}{where} · `{proof.check.id}`\n"
    yield "<details><summary>Hint</summary>\n"
    yield f"{plain(proof.check.hint)}\n"
    yield "</details>\n"


def _aligned(lines: Sequence[Line]) -> Iterator[str]:
    """The lines of an example: who, to whom, and what, each below the other."""
    width = max(len(name) for line in lines for name in (line.who, line.to))
    for line in lines:
        arrow = "→" if line.to else " "
        said = f"{line.event}  {line.payload}".rstrip()
        yield f"{line.who:<{width}} {arrow} {line.to:<{width}}   {said}"


def _link(played: Played) -> str:
    """To the check, where it is listed: with the step that brings it."""
    own = next(n for n in range(played.step + 1) if _brings(n, played.check))
    return f"[{plain(played.check.title)}](#{_label(own, played.check)})"


def _brings(step: int, check: Check) -> bool:
    return check in suite.of_step(step).own


def _label(step: int, check: Check) -> str:
    return f"step{step:02}-{check.id}"


def _anchor(event: Event) -> str:
    return "event-" + re.sub(r"\W+", "-", event.name).strip("-").lower()


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
