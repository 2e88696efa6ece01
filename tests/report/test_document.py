"""The JSON document holds everything that is known of a run, and is as its schema says."""

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from grader.history.conversation import Kind
from grader.report.document import DEEPEST, SCHEMA_VERSION, document, refusal, render
from grader.report.result import (
    CheckResult,
    ExitCode,
    Explanation,
    Happening,
    Mistake,
    Report,
    Row,
    StepResult,
    Verdict,
    Where,
)

SCHEMA: dict[str, Any] = json.loads((files("grader.report") / "schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

PASSED = CheckResult("it-works", "it works", Verdict.PASSED, 2, "Look.", seconds=0.25)
HEARD = Row("server", "→ amy", "new user", '"a"', 'should be "b"')
FAILED = CheckResult(
    "it-hears",
    "it hears",
    Verdict.FAILED,
    1,
    "Listen.",
    explanation=Explanation((Row("amy", "disconnects"), HEARD), ("KeyError: 'amy'", "")),
)
NAMED = replace(
    FAILED,
    explanation=Explanation((), (), Mistake("wrapped", "It is wrapped.", Where("chat.py", 21))),
)
NAMED_NOWHERE = replace(
    FAILED, explanation=Explanation((HEARD,), (), Mistake("blocks", "It blocks."))
)
EMPTY: dict[str, Any] = {
    "rows": [],
    "printed": [],
    "console": [],
    "screenshots": [],
    "place": None,
    "unwritten": "",
    "fault": "",
}
UNJUDGED = CheckResult(
    "it-lists", "it lists", Verdict.NOT_JUDGED, 2, "List.", reason="it needs “it hears”"
)
FAULTY = replace(UNJUDGED, reason="a fault of the grader's own:\nKeyError", graders_fault=True)
NOT_RUN = replace(UNJUDGED, reason="a database is not installed", not_run=True)
HISTORY = (
    Happening(0.0, "connected", "amy", "websocket", ()),
    Happening(0.0012, "sent", "amy", "new message", ({"to": None, "edited": False, "n": [1.5]},)),
    Happening(0.0021, "heard", "amy", "new message", (None, b"\x00", [b"a", {"b": (b"c",)}])),
    Happening(0.0029, "http", "amy", "GET /socket.io/", (404,)),
    Happening(0.0031, "requested", "amy", "POST /login", ("username=amy",)),
    Happening(0.0032, "answered", "amy", "POST /login", (302, {"Set-Cookie": ["a", "b"]}, "")),
    Happening(0.0033, "refused", "amy", "log in first", ({"message": "log in first"},)),
    Happening(0.0035, "acked", "amy", "new message", ({"ok": True},)),
    Happening(0.01, "left", "amy", "disconnects", ()),
)
WITH_HISTORY = replace(PASSED, history=HISTORY)
OUTCOMES = (PASSED, FAILED, NAMED, NAMED_NOWHERE, UNJUDGED, FAULTY, NOT_RUN, WITH_HISTORY)


def report(*checks: CheckResult, notes: tuple[str, ...] = ()) -> Report:
    return Report("step06", (StepResult(6, "Saving", checks, notes, 0.5),))


def written(report: Report) -> Any:
    """The document as a reader gets it: through UTF-8, and by the rules of JSON alone."""

    def refused(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(render(report).encode(), parse_constant=refused)


def history(*args: Any, event: str = "new user") -> Any:
    """The arguments of an event, and its name, as they stand in the document."""
    happening = Happening(0.5, "heard", "amy", event, args)
    document = written(report(replace(PASSED, history=(happening,))))
    VALIDATOR.validate(document)
    (found,) = document["steps"][0]["checks"][0]["history"]
    assert found["event"] == event
    return found["args"]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object in the schema."""
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, (dict, list)):
            yield from objects(inner)
    if isinstance(schema, dict) and schema.get("type") == "object":
        yield schema


def test_the_schema_allows_no_property_but_those_it_describes_and_requires() -> None:
    found = list(objects(SCHEMA))
    assert len(found) == 1 + 9
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
        assert schema["description"].endswith(".")
        for name, its in schema["properties"].items():
            assert its.get("description", "").endswith("."), name


def test_the_schema_knows_all_verdicts_and_kinds() -> None:
    assert SCHEMA["$defs"]["verdict"]["enum"] == list(Verdict)
    assert SCHEMA["$defs"]["happening"]["properties"]["kind"]["enum"] == list(Kind)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_is_as_the_schema_says(outcome: CheckResult) -> None:
    VALIDATOR.validate(written(report(outcome)))


def test_all_outcomes_together_are_as_the_schema_says() -> None:
    VALIDATOR.validate(written(report(*OUTCOMES, notes=("The server listens elsewhere.",))))


def test_what_was_not_run_has_no_points_to_be_earned() -> None:
    found = written(report(PASSED, NOT_RUN))
    assert found["verdict"] == "passed"
    assert found["steps"][0]["points"] == {"earned": 2, "possible": 2}


def test_a_run_of_no_steps_is_as_the_schema_says() -> None:
    VALIDATOR.validate(written(Report("here", ())))


def test_the_document_is_already_what_a_reader_gets() -> None:
    assert document(report(*OUTCOMES)) == written(report(*OUTCOMES))


def test_the_whole_document_of_a_failed_run() -> None:
    assert written(report(PASSED, NAMED, notes=("A note.",))) == {
        "schema_version": 2,
        "grader": version("make-chat"),
        "exit_code": 1,
        "refused": None,
        "submission": "step06",
        "submission_hash": None,
        "totals": {
            "points": {"earned": 2, "possible": 3},
            "passed": 1,
            "failed": 1,
            "not_judged": 0,
            "not_run": 0,
        },
        "verdict": "failed",
        "isolation": [],
        "steps": [
            {
                "kind": "step",
                "step": 6,
                "title": "Saving",
                "verdict": "failed",
                "points": {"earned": 2, "possible": 3},
                "notes": ["A note."],
                "seconds": 0.5,
                "page_checks_not_run": 0,
                "checks": [
                    {
                        "id": "it-works",
                        "title": "it works",
                        "in_browser": False,
                        "verdict": "passed",
                        "points": {"earned": 2, "possible": 2},
                        "hint": "Look.",
                        "reason": "",
                        "graders_fault": False,
                        "not_run": False,
                        "seconds": 0.25,
                        "explanation": None,
                        "mistake": None,
                        "history": [],
                    },
                    {
                        "id": "it-hears",
                        "title": "it hears",
                        "in_browser": False,
                        "verdict": "failed",
                        "points": {"earned": 0, "possible": 1},
                        "hint": "Listen.",
                        "reason": "",
                        "graders_fault": False,
                        "not_run": False,
                        "seconds": 0.0,
                        "explanation": EMPTY,
                        "mistake": {
                            "id": "wrapped",
                            "text": "It is wrapped.",
                            "where": {"file": "chat.py", "line": 21},
                        },
                        "history": [],
                    },
                ],
                "holds": [],
                "held": [],
            }
        ],
    }


def test_an_explanation_is_written_with_its_rows_and_lines() -> None:
    (check,) = written(report(FAILED))["steps"][0]["checks"]
    assert check["mistake"] is None
    assert check["explanation"] == {
        "rows": [
            {"who": "amy", "does": "disconnects", "event": "", "payload": "", "note": ""},
            {
                "who": "server",
                "does": "→ amy",
                "event": "new user",
                "payload": '"a"',
                "note": 'should be "b"',
            },
        ],
        "printed": ["KeyError: 'amy'", ""],
        "console": [],
        "screenshots": [],
        "place": None,
        "unwritten": "",
        "fault": "",
    }


def test_the_graders_own_fault_is_told_apart_from_what_was_not_judged_otherwise() -> None:
    checks = written(report(UNJUDGED, FAULTY))["steps"][0]["checks"]
    assert [check["graders_fault"] for check in checks] == [False, True]


def test_a_history_is_written_entry_by_entry() -> None:
    (check,) = written(report(WITH_HISTORY))["steps"][0]["checks"]
    assert check["history"][1] == {
        "at": 0.0012,
        "kind": "sent",
        "client": "amy",
        "event": "new message",
        "args": [{"to": None, "edited": False, "n": [1.5]}],
    }


def test_what_json_has_not_is_written_as_python_does() -> None:
    assert history(b"\x00a", [b"a", {"b": (b"c",)}]) == [r"b'\x00a'", ["b'a'", {"b": ["b'c'"]}]]
    assert history(float("nan"), [float("inf"), -float("inf")]) == ["nan", ["inf", "-inf"]]


def test_text_of_any_script_stands_as_it_is_and_half_a_character_as_an_escape() -> None:
    assert '"李小龙"' in render(report(replace(FAILED, hint="李小龙")))
    assert history("\ud800", {"\udfff": "a"}, event="new \udc80") == ["\ud800", {"\udfff": "a"}]
    assert r'"\ud800"' in render(report(replace(FAILED, hint="\ud800")))


def test_what_is_nested_too_deeply_is_cut_and_the_rest_stands() -> None:
    value: Any = "deep"
    for _ in range(100_000):
        value = [value]
    (value,) = history(value)
    depth = 0
    while isinstance(value, list):
        (value,) = value
        depth += 1
    assert (depth, value) == (DEEPEST, "…")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=8,
)


@given(st.lists(VALUES))
def test_whatever_a_server_sends_the_document_is_as_the_schema_says(args: list[Any]) -> None:
    assert len(history(*args)) == len(args)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document, but those that a client sent or heard."""
    if isinstance(value, dict):
        yield value
        value = [inner for key, inner in value.items() if key != "args"]
    for inner in value:
        if isinstance(inner, (dict, list)):
            yield from parts(inner)


def broken(document: Any) -> Iterator[str]:
    """The document broken in one way after another, each told and then repaired."""
    for part in parts(document):
        for key, value in list(part.items()):
            del part[key]
            yield f"without {key}"
            for wrong in ({"x": 1}, -1, "PASSED", None, True):
                if type(wrong) is not type(value) and not _may_be(key, wrong):
                    part[key] = wrong
                    yield f"{key} is {wrong}"
            part[key] = value
        part["extra"] = 1
        yield f"with more than {', '.join(part)}"
        del part["extra"]


def _may_be(key: str, value: Any) -> bool:
    return value is None and key in ("mistake", "where")


def test_a_document_that_is_broken_anywhere_is_refused() -> None:
    document = written(report(*OUTCOMES, notes=("A note.",)))
    VALIDATOR.validate(document)
    ways = 0
    for how in broken(document):
        ways += 1
        assert not VALIDATOR.is_valid(document), how
    assert ways > 200
    VALIDATOR.validate(document)


def test_a_run_that_did_not_begin_has_a_document_without_steps() -> None:
    document = refusal("step06", "no folder step06", ExitCode.USAGE)
    VALIDATOR.validate(document)
    assert (document["refused"], document["exit_code"]) == ("no folder step06", 2)
    for key, value in {"exit_code": 1, "verdict": "passed", "refused": None}.items():
        assert not VALIDATOR.is_valid({**document, key: value}), key
    steps = written(report(PASSED))["steps"]
    assert not VALIDATOR.is_valid({**document, "steps": steps})


@pytest.mark.parametrize(
    ("outcome", "key", "value"),
    [
        (PASSED, "verdict", "fine"),
        (PASSED, "id", "It Works"),
        (PASSED, "title", ""),
        (PASSED, "seconds", -0.1),
        (PASSED, "reason", "it needs another"),
        (PASSED, "graders_fault", True),
        (PASSED, "explanation", EMPTY),
        (PASSED, "mistake", {"id": "a", "text": "b", "where": None}),
        (FAILED, "explanation", None),
        (FAILED, "reason", "it needs another"),
        (FAILED, "points", {"earned": 1, "possible": 1}),
        (FAILED, "points", {"earned": 0, "possible": 1.5}),
        (UNJUDGED, "reason", ""),
        (UNJUDGED, "points", {"earned": 2, "possible": 2}),
        (UNJUDGED, "explanation", EMPTY),
        (NAMED, "mistake", {"id": "a", "text": "b", "where": {"file": "a.py", "line": 0}}),
        (
            WITH_HISTORY,
            "history",
            [{"at": 0, "kind": "seen", "client": "", "event": "", "args": []}],
        ),
    ],
)
def test_a_check_that_contradicts_itself_is_refused(
    outcome: CheckResult, key: str, value: Any
) -> None:
    document = written(report(outcome))
    document["steps"][0]["checks"][0][key] = value
    with pytest.raises(ValidationError):
        VALIDATOR.validate(document)


def test_a_page_check_has_its_console_and_its_screenshots() -> None:
    explanation = Explanation(
        (),
        console=("Error: no",),
        screenshots=("pictures/amy.png",),
        place=Where("public/index.js", 26),
    )
    check = replace(FAILED, in_browser=True, explanation=explanation)
    found = written(report(check))
    VALIDATOR.validate(found)
    (of_page,) = found["steps"][0]["checks"]
    assert of_page["in_browser"] is True
    assert of_page["explanation"]["console"] == ["Error: no"]
    assert of_page["explanation"]["screenshots"] == ["pictures/amy.png"]
    assert of_page["explanation"]["place"] == {"file": "public/index.js", "line": 26}


def test_how_many_page_checks_were_not_run() -> None:
    found = written(Report("step06", (StepResult(6, "Saving", (PASSED,), page_checks_not_run=8),)))
    VALIDATOR.validate(found)
    assert found["steps"][0]["page_checks_not_run"] == 8
