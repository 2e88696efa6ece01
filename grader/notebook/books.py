"""The course's notebooks: found by walking up from a folder, read as JSON, and their solutions."""

import ast
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course.course import CourseError
from grader.text import printable

EXERCISE = "exercise"  # tags a cell that defines one function, for the student to write
MEASURES = "measures"  # tags a cell that takes long, and that no exercise needs

FIRST_LINE = 40  # characters of a cell's first line, where that is its name

_STEM = re.compile(r"\d\d_[a-z]\w*")
_FUNCTION = re.compile(r"^(?:async +)?def +(\w+)", re.MULTILINE)
_CONFLICT = re.compile(rb"^<{7}[ \r\n]", re.MULTILINE)  # what git writes where two changes meet


@dataclass(frozen=True)
class Cell:
    """One cell with code, the `number`th of its notebook.

    count: the number in brackets that Jupyter shows beside it, where one was saved, and no other
    cell has the same.
    """

    number: int
    source: str
    tags: frozenset[str] = frozenset()
    count: int | None = None

    @property
    def name(self) -> str:
        """What the reader of a report finds the cell by: what Jupyter shows of it."""
        return f"cell {self.place}"

    @property
    def place(self) -> str:
        """Its number in brackets, or else its first line."""
        if self.count is not None:
            return f"[{self.count}]"
        lines = (line.strip() for line in self.source.splitlines())
        first = printable(next(filter(None, lines), ""))
        return f"“{first if len(first) <= FIRST_LINE else f'{first[:FIRST_LINE]}…'}”"

    @property
    def is_stub(self) -> bool:
        """Whether it is one function that does nothing but raise NotImplementedError."""
        try:
            statements = ast.parse(self.source).body
        except (ValueError, SyntaxError):
            return False
        if len(statements) != 1 or not isinstance(
            statements[0], (ast.FunctionDef, ast.AsyncFunctionDef)
        ):
            return False
        body = statements[0].body[bool(ast.get_docstring(statements[0])) :]
        return [*map(ast.unparse, body)] == ["raise NotImplementedError"]

    @property
    def exercise(self) -> str | None:
        """The function that the student writes here, or None."""
        found = _FUNCTION.search(self.source) if EXERCISE in self.tags else None
        return found[1] if found else None


@dataclass(frozen=True)
class Book:
    """One notebook of the course, or a student's copy of it: `03_engineio` has number 3 and name
    `engineio`. `root` is the course's folder.
    """

    number: int
    name: str
    title: str
    file: Path
    root: Path
    cells: tuple[Cell, ...]

    @property
    def modules(self) -> Path:
        """The folder from which its cells import."""
        return self.root / "notebooks"

    @property
    def solutions(self) -> Path:
        """The file with its exercises' functions, finished."""
        return self.root / "solutions" / "notebooks" / f"{self.number:02}_{self.name}.py"

    @property
    def exercises(self) -> tuple[str, ...]:
        """The functions that the student writes, in order."""
        return tuple(cell.exercise for cell in self.cells if cell.exercise)

    def solved(self) -> "Book":
        """The notebook with the course's solutions in its exercises' cells. Raises CourseError."""
        functions = read_functions(self.solutions)
        if missing := sorted(functions.keys() ^ set(self.exercises)):
            raise CourseError(
                f"{self.solutions.name} and the exercises of {self.file.name} differ: "
                f"{', '.join(missing)} is in one of them only"
            )
        return self.filled(functions)

    def filled(self, functions: Mapping[str, str]) -> "Book":
        """The notebook with other functions in its exercises' cells, by their names."""
        return replace(
            self,
            cells=tuple(
                replace(cell, source=functions.get(cell.exercise or "", cell.source))
                for cell in self.cells
            ),
        )


@dataclass(frozen=True)
class Shelf:
    """The notebooks of a course, in order, and the folder that has them in `notebooks/`."""

    root: Path
    books: tuple[Book, ...]

    def find(self, name: str) -> Book:
        """The notebook that a student means by `2`, `02`, `frames`, `02_frames` or by a file.

        A file may be a copy, of a notebook whose name its own has in it, or which its metadata
        name under "make_chat". Raises CourseError where there is no such notebook.
        """
        file = Path(name)
        if file.suffix == ".ipynb":
            return self._copy(file)
        for book in self.books:
            if name in (book.name, book.file.stem, str(book.number), f"{book.number:02}"):
                return book
        known = ", ".join(f"{book.number} {book.name}" for book in self.books)
        raise CourseError(f"no notebook {name!r}: there are {known}")

    def _copy(self, file: Path) -> Book:
        document = _Document(file)
        for book in self.books:
            stem = book.file.stem
            if _is_copy(file, stem) or document.copy_of == stem:
                return replace(book, file=file.resolve(), cells=document.cells)
        known = ", ".join(book.file.stem for book in self.books)
        raise CourseError(
            f"{file.name} is a copy of no known notebook: "
            f"let its name have one of these in it: {known}"
        )


def find_shelf(start: Path) -> Shelf:
    """The notebooks in `notebooks/` of `start` or of the nearest folder above it.

    Raises CourseError where there are none, or where one cannot be read.
    """
    for root in (start.resolve(), *start.resolve().parents):
        if files := course_files(root):
            return Shelf(root, tuple(_read(file, root) for file in files))
    raise CourseError(
        f"no notebooks here: neither {start} nor a folder above it has notebooks/; "
        "run grader inside your copy of the course"
    )


def course_files(root: Path) -> list[Path]:
    """The notebooks of the course whose folder this is, in order, without a reader's copies.

    Of several with one number it is the one with solutions, or else the one with the shortest name.
    """
    found: dict[str, Path] = {}
    for file in sorted(root.glob("notebooks/*.ipynb"), key=lambda file: (len(file.stem), file)):
        if not _STEM.fullmatch(file.stem):
            continue
        number = file.stem[:2]
        solved = (root / "solutions" / "notebooks" / f"{file.stem}.py").is_file()
        if solved or number not in found:
            found[number] = file
    return [found[number] for number in sorted(found)]


def read_functions(file: Path) -> dict[str, str]:
    """The functions of a Python file: name → source. Raises CourseError."""
    try:
        source = file.read_text(encoding="utf-8")
        statements = ast.parse(source).body
    except OSError as error:
        raise CourseError(f"{file}: {error.strerror}") from error
    except (ValueError, SyntaxError) as error:
        raise CourseError(f"{file}: {error}") from error
    lines = source.splitlines()
    functions = {}
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min(one.lineno for one in (statement, *statement.decorator_list))
            functions[statement.name] = "\n".join(lines[first - 1 : statement.end_lineno])
    return functions


def _read(file: Path, root: Path) -> Book:
    number, _, name = file.stem.partition("_")
    document = _Document(file)
    return Book(int(number), name, document.title or name, file, root, document.cells)


def _is_copy(file: Path, stem: str) -> bool:
    """Whether the name is what people and programs make of this one: "Copy of 02_frames (1)"."""
    return bool(re.search(rf"(?<![^\W_]){re.escape(stem)}(?![^\W_])", file.stem))


class _Document:
    """A notebook as it is in its file, in Jupyter's format 4. Raises CourseError."""

    def __init__(self, file: Path) -> None:
        try:
            content = file.read_bytes()
            document = json.loads(content)
            texts, codes = [], []
            for cell in document["cells"]:
                source = "".join(cell["source"])  # a text, or a list of its lines
                if cell["cell_type"] == "markdown":
                    texts.append(source)
                elif cell["cell_type"] == "code" and source.strip():
                    tags = frozenset(cell["metadata"].get("tags", []))
                    count = cell.get("execution_count")
                    codes.append((source, tags, count if isinstance(count, int) else None))
            self.copy_of = document["metadata"].get("make_chat")
        except OSError as error:
            raise CourseError(f"{file}: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            if conflict := _CONFLICT.search(content):
                line = content.count(b"\n", 0, conflict.start()) + 1
                raise CourseError(
                    f"{file}: git left a merge conflict in it, at line {line}; keep one side with "
                    f"git checkout --ours or --theirs, then run git add"
                ) from error
            raise CourseError(f"{file}: it is no notebook; save it in Jupyter again") from error
        times = Counter(count for *_, count in codes)
        self.cells = tuple(
            Cell(number, source, tags, count if times[count] == 1 else None)
            for number, (source, tags, count) in enumerate(codes, 1)
        )
        self._text = "\n".join(texts)

    @property
    def title(self) -> str:
        """The first heading, without the notebook's number."""
        found = re.search(r"^# +(?:\d+ · )?(.+?) *$", self._text, re.MULTILINE)
        return found[1] if found else ""
