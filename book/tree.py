"""The pages of the book as Sphinx reads them: laid out as in the repository, so that links hold."""

import asyncio
import shutil
from pathlib import Path

from book import code, codes, grade, notebooks, reference
from grader.course.course import Course
from grader.dev import events
from grader.dev.files import IMAGES, LESSON

HERE = Path(__file__).parent


def lay_out(course: Course, to: Path, kept: Path) -> None:
    """Write every page and image into the new folder `to`. What notebooks gave is `kept`.

    Raises NotPassedError and NotRunError.
    """
    played = asyncio.run(events.play(course))
    of_codes, executed = codes.with_labels(notebooks.execute(course.root, kept))
    pages = {
        "index.md": (HERE / "index.md").read_text(encoding="utf-8"),
        "reference/events.md": reference.events(events.table(played)),
        "reference/checks.md": reference.checks(course),
        grade.PAGE: grade.page(course),
        codes.PAGE: of_codes,
        **executed,
        **{
            file.relative_to(course.root).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted(course.root.glob(f"steps/**/{LESSON}"))
        },
    }
    pages |= code.pages(course, pages, to)
    images = {
        file.relative_to(course.root).as_posix(): file
        for file in course.root.glob(f"steps/*/{IMAGES}/*")
    }
    for name, text in pages.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_text(text, encoding="utf-8")
    for name, image in images.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(image, to / name)
