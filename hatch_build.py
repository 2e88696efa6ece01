"""What a wheel has of the course beside the grader: what a step is called, holds and needs.

With it the installed grader knows its steps in a folder where there is no course.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = "grader/makechat/course"
STATIC = ("icon.svg", "socket.io.js", "style.css")


class CourseHook(BuildHookInterface):
    """Puts each step.toml, and the files that all pages share, into the package of the course."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # it finds them where they are
        root = Path(self.root)
        files = [*root.glob("steps/*/step.toml"), *(root / "static" / name for name in STATIC)]
        for file in sorted(files):
            relative = file.relative_to(root).as_posix()
            build_data["force_include"][str(file)] = f"{INSIDE}/{relative}"
