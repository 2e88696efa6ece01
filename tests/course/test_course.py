"""The course is found by walking up, and says how to fix what is wrong with it."""

from pathlib import Path

import pytest

from grader.course.course import Course, CourseError, find_course

NO_EARLIER_STEPS = "holds must be a list of the numbers of earlier steps"
NO_NAMES = "warm must be a list of names of modules"
NO_EARLIER_STEP = "continues must be the number of an earlier step, or 0 for a new app"


def make(root: Path, **steps: str) -> Path:
    """A course of these folders, each with this step.toml."""
    for name, text in steps.items():
        folder = root / "steps" / name
        folder.mkdir(parents=True)
        (folder / "step.toml").write_text(text, encoding="utf-8")
    return root.resolve()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    make(
        tmp_path,
        step04_join='number = 4\ntitle = "Join"\n',
        step05_chat='number = 5\ntitle = "Chat"\n',
        step14_scale='number = 14\ntitle = "Scale — out"\n',
    )
    return find_course(tmp_path)


def error_of(root: Path) -> str:
    with pytest.raises(CourseError) as failed:
        find_course(root)
    return str(failed.value)


def test_its_steps_are_read_in_order(course: Course) -> None:
    assert [(step.number, step.title) for step in course.steps] == [
        (4, "Join"),
        (5, "Chat"),
        (14, "Scale — out"),
    ]


def test_steps_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    make(tmp_path, step10_b='number = 10\ntitle = "b"', step9_a='number = 9\ntitle = "a"')
    assert [step.number for step in find_course(tmp_path).steps] == [9, 10]


def test_a_step_knows_its_starter_and_its_solution(course: Course) -> None:
    step = course.steps[0]
    assert step.folder == course.root / "steps" / "step04_join"
    assert step.solution == course.root / "solutions" / "step04_join"


def test_a_step_continues_the_one_before_unless_it_says_otherwise(tmp_path: Path) -> None:
    make(
        tmp_path,
        step01_a='number = 1\ntitle = "a"',
        step02_b='number = 2\ntitle = "b"\ncontinues = 0',
        step03_c='number = 3\ntitle = "c"',
        step05_d='number = 5\ntitle = "d"\ncontinues = 2',
        step07_e='number = 7\ntitle = "e"',
    )
    course = find_course(tmp_path)
    before = [course.before(step) for step in course.steps]
    assert [step and step.number for step in before] == [None, None, 2, 2, None]


def test_a_step_holds_all_in_its_line_unless_it_says_otherwise(tmp_path: Path) -> None:
    make(
        tmp_path,
        step01_a='number = 1\ntitle = "a"',
        step02_b='number = 2\ntitle = "b"\ncontinues = 0',
        step03_c='number = 3\ntitle = "c"',
        step04_d='number = 4\ntitle = "d"\nholds = [3]',
        step05_e='number = 5\ntitle = "e"\ncontinues = 3',
        step06_f='number = 6\ntitle = "f"\nholds = []',
        step07_g='number = 7\ntitle = "g"',
    )
    course = find_course(tmp_path)
    held = [[one.number for one in course.held(step)] for step in course.steps]
    assert held == [[], [], [2], [3], [2, 3], [], [6]]


def test_a_step_may_name_what_its_servers_import(tmp_path: Path) -> None:
    make(tmp_path, step01_a='number = 1\ntitle = "a"\nwarm = ["wave", "chunk"]')
    make(tmp_path, step02_b='number = 2\ntitle = "b"')
    assert [step.warm for step in find_course(tmp_path).steps] == [("wave", "chunk"), ()]


def test_a_course_names_the_package_of_its_checks(tmp_path: Path) -> None:
    make(tmp_path, step01_a='number = 1\ntitle = "a"')
    assert find_course(tmp_path).steps[0].package == "grader.makechat"
    (tmp_path / "course.toml").write_text('package = "grader.other"')
    assert find_course(tmp_path).steps[0].package == "grader.other"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "package is missing"),
        ("package = 5", "package must be the name of a Python package"),
        ('package = "../checks"', "package must be the name of a Python package"),
        ("package", "Expected '=' after a key in a key/value pair (at end of document)"),
    ],
)
def test_a_wrong_course_toml_is_named_with_what_is_wrong(
    tmp_path: Path, text: str, problem: str
) -> None:
    make(tmp_path, step01_a='number = 1\ntitle = "a"')
    (tmp_path / "course.toml").write_text(text)
    assert error_of(tmp_path) == f"{tmp_path / 'course.toml'}: {problem}"


def test_a_step_folder_may_have_any_name(tmp_path: Path) -> None:
    make(tmp_path, make_chat='number = 4\ntitle = "Join"')
    assert [step.folder.name for step in find_course(tmp_path).steps] == ["make_chat"]


def test_it_is_found_from_a_folder_inside(course: Course) -> None:
    inside = course.steps[0].folder / "public"
    inside.mkdir()
    assert find_course(inside) == course


def test_the_nearest_course_is_taken(course: Course, tmp_path: Path) -> None:
    inner = make(tmp_path / "copy", step04_join='number = 4\ntitle = "A copy"\n')
    assert find_course(inner).root == inner


def test_our_own_course_is_found() -> None:
    assert find_course(Path(__file__).parent).root == Path(__file__).resolve().parents[2]


def test_where_there_is_none_it_says_where_to_run(tmp_path: Path) -> None:
    assert error_of(tmp_path) == (
        f"no course here: neither {tmp_path} nor a folder above it has steps/; "
        "run grader inside your copy of the course"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "number is missing"),
        ("number = 4", "title is missing"),
        ('number = "4"\ntitle = "Join"', "number must be a whole number and title a string"),
        ('number = true\ntitle = "Join"', "number must be a whole number and title a string"),
        ("number = 4\ntitle = 4", "number must be a whole number and title a string"),
        ('number = 4\ntitle = "Join"\nwarm = "sqlalchemy"', NO_NAMES),
        ('number = 4\ntitle = "Join"\nholds = 3', NO_EARLIER_STEPS),
        ('number = 4\ntitle = "Join"\nholds = [4]', NO_EARLIER_STEPS),
        ('number = 4\ntitle = "Join"\nholds = [true]', NO_EARLIER_STEPS),
        ('number = 4\ntitle = "Join"\nwarm = [13]', NO_NAMES),
        ('number = 4\ntitle = "Join"\ncontinues = 4', NO_EARLIER_STEP),
        ('number = 4\ntitle = "Join"\ncontinues = -1', NO_EARLIER_STEP),
        ('number = 4\ntitle = "Join"\ncontinues = true', NO_EARLIER_STEP),
        ('number = 4\ntitle = "Join"\ncontinues = "3"', NO_EARLIER_STEP),
        ('number = 4\ntitle = "Join"\nholds = 3', NO_EARLIER_STEPS),
        ('number = 4\ntitle = "Join"\nholds = ["3"]', NO_EARLIER_STEPS),
        ('number = 4\ntitle = "Join"\nholds = [true]', NO_EARLIER_STEPS),
        ('number = 4\ntitle = "Join"\nholds = [0]', NO_EARLIER_STEPS),
        ('number = 4\ntitle = "Join"\nholds = [3, 4]', NO_EARLIER_STEPS),
        ("number: 4", "Expected '=' after a key in a key/value pair (at line 1, column 7)"),
    ],
)
def test_a_wrong_step_toml_is_named_with_what_is_wrong(
    tmp_path: Path, text: str, problem: str
) -> None:
    root = make(tmp_path, step04_join=text)
    assert error_of(root) == f"{root / 'steps' / 'step04_join' / 'step.toml'}: {problem}"


def test_a_step_toml_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    root = make(tmp_path, step04_join="")
    file = root / "steps" / "step04_join" / "step.toml"
    file.write_bytes(b"\xff")
    assert error_of(root) == (
        f"{file}: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
    )


def test_a_step_toml_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    root = make(tmp_path, step04_join="")
    file = root / "steps" / "step04_join" / "step.toml"
    file.unlink()
    file.mkdir()
    assert error_of(root) == f"{file}: [Errno 21] Is a directory: '{file}'"


@pytest.mark.parametrize(
    "name", ["4", "04", "step4", "step04", "step04_join", "step04_join/", "step4/"]
)
def test_a_step_is_found_by_what_a_student_calls_it(course: Course, name: str) -> None:
    assert course.find(name).number == 4


def test_a_number_of_two_digits_is_found(course: Course) -> None:
    assert course.find("step14").number == 14


@pytest.mark.parametrize("name", ["6", "1", "step", "four", "-4", "step04_chat", "", "4.0"])
def test_an_unknown_step_is_answered_with_those_there_are(course: Course, name: str) -> None:
    with pytest.raises(CourseError) as failed:
        course.find(name)
    assert str(failed.value) == (
        f"no step {name!r}: there are 4, 5, 14; write for example step6, 6 or all"
    )


def test_the_step_around_a_folder_is_that_of_its_starter_or_solution(course: Course) -> None:
    four, five, _ = course.steps
    assert course.around(four.folder) == four
    assert course.around(four.folder / "public" / "images") == four
    assert course.around(five.solution) == five


def test_around_a_folder_of_no_step_there_is_none(course: Course, tmp_path: Path) -> None:
    assert course.around(course.root) is None
    assert course.around(tmp_path.parent) is None
    assert course.around(course.root / "steps" / "step04_join_copy") is None
