"""Rules of plain English: what a student reads has no construction that came back often.

A relative clause has its noun, and some words have a plainer one (DESIGN.md, "Plain English").
"""

import re
from collections.abc import Iterator, Mapping

from grader.course.course import Course
from grader.dev import files, lessons, proofs
from grader.dev.checklist import at
from grader.dev.violation import Violation, shown

WORDS = {
    r"\banew\b": "again",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bbut for\b": "except",
    r"\bbehind (it|them|that|this)\b": "after",
    r"\b[Ww]hoever\b": "a user who, or a client that",
}
PLAINER = WORDS | {
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


def plain_prose(course: Course) -> Iterator[Violation]:
    """Lessons and notebooks have the plainer words. (In them many a heading begins with "who".)"""
    notebooks = sorted((course.root / "notebooks").glob("*.ipynb"))
    for file in [*(lesson for lesson, _ in lessons.pages(course)), *notebooks]:
        if not file.is_file():
            continue  # the rules of lessons say so
        for number, line in enumerate((files.text(file.read_bytes()) or "").splitlines(), 1):
            for words, better in stumbles(line, WORDS):
                place = shown(course, file)
                yield Violation(place, f"it says “{words}”", f"write: {better}", number)


def stumbles(text: str, plainer: Mapping[str, str] = PLAINER) -> Iterator[tuple[str, str]]:
    """What a learner stumbles over in a text, and what is plainer."""
    for pattern, better in plainer.items():
        for match in re.finditer(pattern, text):
            yield match[0].strip(" .:;!?")[:40], better
