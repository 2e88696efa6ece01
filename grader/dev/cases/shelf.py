"""The cases of a course: `tests/cases/KIND/NAME.case`, found, read and written."""

from collections.abc import Iterator
from pathlib import Path

from grader.course.course import Course, CourseError, Step, find_course
from grader.dev.cases import text
from grader.dev.cases.case import Case, CaseError, folder

NOTEBOOKS = "notebooks"
_SUFFIX = ".case"


def place(root: Path) -> Path:
    """The folder of the cases of the course in `root`."""
    return root / "tests" / "cases"


def names(root: Path) -> list[str]:
    """All cases by name, as "step06/list_broadcast", in order."""
    files = place(root).rglob(f"*{_SUFFIX}")
    return sorted(file.relative_to(place(root)).with_suffix("").as_posix() for file in files)


def every(root: Path) -> Iterator[Case]:
    """All cases, in order of their names. Raises CaseError."""
    return (read(root, name) for name in names(root))


def read(root: Path, name: str) -> Case:
    """The case with this whole name. Raises CaseError."""
    kind, _, short = name.rpartition("/")
    try:
        content = file_of(root, name).read_bytes().decode()
    except FileNotFoundError:
        raise CaseError(f"there is no case {name}") from None
    except UnicodeDecodeError:
        raise CaseError(f"{name}{_SUFFIX} is no text in UTF-8") from None
    return text.parse(content, kind, short)


def exists(root: Path, name: str) -> bool:
    """Whether `find` finds a case."""
    try:
        find(root, name)
    except CaseError:
        return False
    return True


def find(root: Path, name: str) -> str:
    """The whole name of the case that is meant by the last part of its name, or by a file's path.

    Raises CaseError.
    """
    known = names(root)
    if name in known:
        return name
    file = Path(name).resolve()
    if file.suffix == _SUFFIX and file.is_relative_to(place(root)):
        return file.relative_to(place(root)).with_suffix("").as_posix()
    found = [one for one in known if one.rpartition("/")[2] == name]
    if not found:
        raise CaseError(f"there is no case {name} in {place(root)}")
    if len(found) > 1:
        raise CaseError(f"there are several cases {name}: {', '.join(found)}")
    return found[0]


def save(root: Path, case: Case) -> Path:
    """Write the case into its file; which file."""
    file = file_of(root, str(case))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.write(case).encode())
    return file


def file_of(root: Path, name: str) -> Path:
    """The file of the case with this whole name."""
    return place(root) / f"{name}{_SUFFIX}"


def step_of(course: Course, case: Case) -> Step:
    """The step whose solution the case changes. Raises CaseError."""
    try:
        return course.find(str(case.head.step or case.kind))
    except CourseError as error:
        raise CaseError(f"{case}: {error}") from error


def solution_of(root: Path, case: Case) -> dict[str, str]:
    """The files that the case changes: a step's solution, or the one of a notebook's exercises.

    Raises CaseError and CourseError.
    """
    where = origin_of(root, case)
    if where.is_dir():
        return folder(where)
    try:
        return {where.name: where.read_bytes().decode()}
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{case}: {where}: {error}") from error


def origin_of(root: Path, case: Case) -> Path:
    """The folder or the file that the case changes. Raises CaseError and CourseError."""
    kind, _, book = case.kind.partition("/")
    if kind == NOTEBOOKS:
        return root / "solutions" / NOTEBOOKS / f"{book}.py"
    return step_of(find_course(root), case).solution
