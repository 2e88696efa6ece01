"""Rule of plain English: what a student reads of a check has no construction that came back often.

A relative clause has its noun, and some words have a plainer one (DESIGN.md, "Plain English").
"""

import re
from collections.abc import Iterator

from grader.course.course import Course
from grader.dev import proofs
from grader.dev.checklist import at
from grader.dev.violation import Violation

PLAINER = {
    r"\banew\b": "again",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bbut for\b": "except",
    r"\bbehind (it|them|that|this)\b": "after",
    r"\bwhoever\b": "a user who, or a client that",
    r"(?:^|[.:;!?] +)[Ww]ho \w+(?! *\?)[^?]*$": "a user who, or a client that",
}


def plain(course: Course) -> Iterator[Violation]:
    """Titles and hints of all checks are in plain English."""
    for step in course.steps:
        for proof in proofs.of_step(step):
            if proof.own:
                check = proof.check
                for what, text in (("title", check.title), ("hint", check.hint)):
                    for words, better in stumbles(text):
                        said = f"the {what} of {check.id} says “{words}”"
                        yield at(check, said, f"write: {better}")


def stumbles(text: str) -> Iterator[tuple[str, str]]:
    """What a learner stumbles over in a text, and what is plainer."""
    for pattern, better in PLAINER.items():
        for match in re.finditer(pattern, text):
            yield match[0].strip(" .:;!?")[:40], better
