"""Rules of lessons: their form, their tasks and hints, and what `grader dev lessons` generates."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grader.course.course import Course, Step
from grader.dev import files, proofs
from grader.dev.expand import ExpandError, expand, rewritten
from grader.dev.lesson import SECTIONS, Lesson
from grader.dev.starters import todos
from grader.dev.violation import Violation, shown

WORDS = range(200, 901)
TASKS = range(2, 6)

_END = "close it, as <!-- quote … --> by <!-- /quote -->"

Page = tuple[Path, Step | None]


def pages(course: Course) -> Iterator[Page]:
    """The files with generated parts: the lessons, and the page before them where there is one."""
    first = course.root / "steps" / files.LESSON
    if first.is_file():
        yield first, None
    for step in course.steps:
        yield step.folder / files.LESSON, step


def write(course: Course) -> tuple[list[str], list[Violation]]:
    """Generate again what is generated; the files that changed, and what cannot be generated."""
    written, wrong = [], []
    for file, step in pages(course):
        if found := list(_generated(course, file, step, drift=False)):
            wrong += found
            continue
        lesson = Lesson.read(file)
        text = rewritten(course, step, lesson)
        if text != lesson.text:
            file.write_text(text, encoding="utf-8", newline="\n")
            written.append(shown(course, file))
    return written, wrong


def generated(course: Course) -> Iterator[Violation]:
    """What is generated in a lesson is what the files say, and what it links to is there."""
    for file, step in pages(course):
        yield from _generated(course, file, step, drift=True)
        if (lesson := _read(file)) is None:
            continue
        for link, line in lesson.links:
            parts = urlsplit(link)
            inside = parts.path and not parts.scheme and not parts.netloc
            if inside and not (file.parent / unquote(parts.path)).exists():
                what = f"it links to {parts.path}, which is not there"
                yield Violation(shown(course, file), what, "fix the link", line)


def form(course: Course) -> Iterator[Violation]:
    """A lesson has its heading, its sections in order, its words, one commit message."""
    for step, lesson, place in _lessons(course):
        heading = f"# Step {step.number} · {step.title}"
        if lesson.heading != heading:
            yield Violation(place, "the heading is not the step's", f"write {heading!r}", 1)
        yield from _sections(lesson, place)
        if lesson.words not in WORDS:
            what = f"it has {lesson.words} words of prose"
            yield Violation(place, what, f"write {WORDS.start} to {WORDS.stop - 1}")
        if len(lesson.messages) != 1:
            what = f"the number of commits that it suggests is {len(lesson.messages)}"
            fix = 'write git commit -am "MESSAGE" once under ## Commit'
            yield Violation(place, what, fix)


def tasks(course: Course) -> Iterator[Violation]:
    """Tasks are numbered as the starter's TODOs, name their files, and have checks and hints."""
    for step, lesson, place in _lessons(course):
        found = lesson.tasks
        if len(found) not in TASKS:
            fix = f"write {TASKS.start} to {TASKS.stop - 1} under ## Build it"
            yield Violation(place, f"the number of its tasks is {len(found)}", fix)
        for number, task in enumerate(found, 1):
            if task.number != number:
                fix = f"write ### {number} · TITLE (`FILE`, `FILE`)"
                yield Violation(place, f"this is not the heading of task {number}", fix, task.line)
            for name in task.files:
                if not (step.solution / name).is_file():
                    what = f"task {number} names {name}, which the solution does not have"
                    yield Violation(place, what, "name the files to edit", task.line)
            if not task.prose:
                yield Violation(place, f"task {number} is empty", "say what to do", task.line)
            if sum(block.kind == "checks" for block in task.blocks) != 1 or not task.checks:
                fix = "write one <!-- checks ID ID … --> below it"
                yield Violation(place, f"no check proves task {number}", fix, task.line)
        if [task.number for task in found] == list(range(1, len(found) + 1)):
            yield from _numbers(course, step, lesson, place)
            yield from _hints(lesson, place)
            yield from _unnamed(step, lesson, place)


def _lessons(course: Course) -> Iterator[tuple[Step, Lesson, str]]:
    """The lessons that can be read, with their paths."""
    for step in course.steps:
        file = step.folder / files.LESSON
        if lesson := _read(file):
            yield step, lesson, shown(course, file)


def _read(file: Path) -> Lesson | None:
    try:
        return Lesson.read(file)
    except (OSError, UnicodeDecodeError):
        return None


def _generated(
    course: Course, file: Path, step: Step | None, *, drift: bool
) -> Iterator[Violation]:
    """The blocks that cannot be generated; with `drift`, also those that are not as generated."""
    place = shown(course, file)
    lesson = _read(file)
    if lesson is None:
        yield Violation(place, "the lesson cannot be read", "write it, in UTF-8")
        return
    for line in lesson.unclosed:
        yield Violation(place, "this block has no end", _END, line)
    for line in lesson.unshown:
        what = "no code follows"
        yield Violation(place, what, "put the code in a fence right below it", line)
    for block in lesson.blocks:
        try:
            if expand(course, step, block) != block.body and drift:
                what = f"this {block.kind} block is not what the files say"
                yield Violation(place, what, "run grader dev lessons", block.line)
        except ExpandError as error:
            yield Violation(place, error.what, error.fix, block.line)


def _sections(lesson: Lesson, place: str) -> Iterator[Violation]:
    titles = [section.title for section in lesson.sections]
    for section in lesson.sections:
        if section.title not in SECTIONS:
            what = f"there is no section {section.title!r} in a lesson"
            yield Violation(place, what, f"the sections are {', '.join(SECTIONS)}", section.line)
        elif not section.text.strip():
            what = f"section {section.title!r} is empty"
            yield Violation(place, what, "write it", section.line)
    for title in SECTIONS:
        if titles.count(title) != 1:
            what = f"section {title!r} is there {titles.count(title)} times"
            yield Violation(place, what, f"write ## {title} once")
    known = [section for section in lesson.sections if section.title in SECTIONS]
    for one, after in pairwise(known):
        if SECTIONS.index(after.title) < SECTIONS.index(one.title):
            what = f"section {after.title!r} comes after {one.title!r}"
            yield Violation(place, what, f"the order is {', '.join(SECTIONS)}", after.line)


def _numbers(course: Course, step: Step, lesson: Lesson, place: str) -> Iterator[Violation]:
    """TODOs and tasks have the same numbers."""
    numbers = set()
    named = {task.number for task in lesson.tasks}
    for name, line, number in todos(step):
        numbers.add(number)
        file = shown(course, step.folder / name)
        if number is None:
            yield Violation(file, "a TODO without a task's number", "write TODO 1: …", line)
        elif number not in named:
            what = f"TODO {number} is no task of the lesson"
            yield Violation(file, what, f"add the task to {place}, or remove it", line)
    for task in lesson.tasks:
        if task.number not in numbers:
            what = f"the starter has no TODO {task.number}"
            yield Violation(place, what, "say in the code where to do it", task.line)


def _hints(lesson: Lesson, place: str) -> Iterator[Violation]:
    """Every task has a hint, and they are in the tasks' order."""
    last = 0
    for hint in lesson.hints:
        if hint.task not in {task.number for task in lesson.tasks}:
            fix = "begin its summary with a task's number: <summary>1: …</summary>"
            yield Violation(place, "this hint is for no task", fix, hint.line)
        elif hint.task < last:
            what = f"a hint for task {hint.task} comes after one for task {last}"
            yield Violation(place, what, "give them in the order of the tasks", hint.line)
        if not hint.text:
            yield Violation(place, "this hint is empty", "write it", hint.line)
        last = max(last, hint.task)
    for task in lesson.tasks:
        if task.number not in {hint.task for hint in lesson.hints}:
            fix = f"add <details><summary>{task.number}: …</summary> under ## Hints"
            yield Violation(place, f"there is no hint for task {task.number}", fix, task.line)


def _unnamed(step: Step, lesson: Lesson, place: str) -> Iterator[Violation]:
    """Every check of the step's own is named by a task."""
    named = {name for task in lesson.tasks for name in task.checks}
    for proof in proofs.of_step(step):
        if proof.own and proof.check.id not in named:
            what = f"no task names the check {proof.check.id}"
            yield Violation(place, what, "name it in the <!-- checks … --> of a task")
