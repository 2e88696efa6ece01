"""The page on the grader's own grade, from the figures that `grader dev mutants` keeps."""

from collections.abc import Iterator, Mapping

from grader.course.course import Course
from grader.dev.mutants import figures
from grader.dev.mutants.figures import Figures

PAGE = "reference/grade.md"

HEAD = """\
# The grader's own grade

How often is the grader wrong? To find out, each finished step is changed by machine in one small
way, as people get it wrong who learn Socket.IO: an emit reaches too many, an event is misspelt, a
name is not saved, an await is missing. Each such *mutant* is graded. It should be **caught**, which
means that some check fails; and what the report says that it looks like should be the mistake that
was made: it is **named rightly**, wrongly, or not at all.

Some mutants cannot be told from the finished step by what is said on the wire, or do what the
course leaves open. They are **open**: each stands with its reason in `tests/mutants/`.

*Variants* are the opposite: the finished step in other words, which is as right as it was. None
may be refused.

`make mutants` does it again.
"""


def page(course: Course) -> str:
    """The page, as Markdown."""
    lines = [HEAD]
    for what, title in (("servers", "Servers"), ("pages", "Pages")):
        if found := figures.of(course.root, what):
            lines += [f"## {title}", "", *_table(found), ""]
    if variants := figures.read(course.root)["variants"]:
        lines += ["## Right variants", "", "| step | graded | refused |", "|--:|--:|--:|"]
        lines += [
            f"| {number} | {one['made']} | {one['refused']} |" for number, one in variants.items()
        ]
    return "\n".join(lines) + "\n"


def _table(found: Mapping[int, Figures]) -> Iterator[str]:
    yield "| step | graded | open | caught | missed | | named rightly | wrongly | not | measured |"
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
    for number, one in found.items():
        sample = f", one of {one.every}" if one.every > 1 else ""
        yield (
            f"| {number} | {one.made} | {one.open} | {one.caught} | {one.missed} "
            f"| {one.rate:.1%} | {one.rightly} | {one.wrongly} | {one.unnamed} "
            f"| {one.date}, {one.commit}{sample} |"
        )
