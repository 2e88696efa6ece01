"""What an error that a server printed comes to, in whatever language it is written."""

from dataclasses import dataclass

from grader.report.result import Where


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in the student's own files that an error names; `code` is the line there."""

    where: Where
    function: str
    code: str


@dataclass(frozen=True, slots=True)
class Trace:
    """One error: the frames in the student's files, the outermost first, and what it says."""

    frames: tuple[Frame, ...]
    error: str
    text: str

    def lines(self) -> list[str]:
        """What a reader needs of it."""
        shown = []
        for frame in self.frames:
            shown.append(f"{frame.where.file}:{frame.where.line}, in {frame.function}")
            shown += [f"    {frame.code}"] if frame.code else []
        return [*shown, f"{self.error}: {self.text}" if self.text else self.error]
