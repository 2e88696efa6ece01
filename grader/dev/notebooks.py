"""Rule of notebooks: they are committed without what running them leaves behind."""

import json
from collections.abc import Iterator
from typing import Any

from grader.course.course import Course
from grader.dev.violation import Violation, shown

_STRIP = "run nbstripout on it"


def stripped(course: Course) -> Iterator[Violation]:
    """No outputs, no execution counts; every cell has an id of its own."""
    for file in sorted((course.root / "notebooks").glob("*.ipynb")):
        place = shown(course, file)
        try:
            cells = json.loads(file.read_bytes())["cells"]
        except (ValueError, KeyError, TypeError):
            yield Violation(place, "it is no notebook", "save it in Jupyter's format 4.5")
            continue
        yield from _cells(place, cells)


def _cells(place: str, cells: list[dict[str, Any]]) -> Iterator[Violation]:
    ids = set()
    for number, cell in enumerate(cells, 1):
        if cell.get("outputs"):
            yield Violation(place, f"cell {number} has outputs", _STRIP)
        if cell.get("execution_count") is not None:
            yield Violation(place, f"cell {number} has an execution count", _STRIP)
        name = cell.get("id")
        if not name:
            yield Violation(place, f"cell {number} has no id", "save it in Jupyter's format 4.5")
        elif name in ids:
            yield Violation(place, f"cell {number} has the id {name} of another", "give it its own")
        ids.add(name)
