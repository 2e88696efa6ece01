"""The checks of 04_socketio_packets: the exercises on its packets (protocol, revision 5)."""

import json
from typing import Any

from grader.notebook.exercise import Trial, exercise

ROUNDS = 10  # of inputs that are drawn
NAMESPACES = ("/", "/admin", "/7", "/a/b-2")
EVENT, ACK = 2, 3  # types
# What may be said, and looks like a part of a packet that comes before the data.
SAID: tuple[Any, ...] = (
    "amy",
    "/admin,",
    "7",
    7,
    -1.5,
    True,
    None,
    [],
    ["/a", 1],
    {"a": [2, {"b": "3"}]},
)


def arguments(trial: Trial) -> list[Any]:
    return trial.random.sample(SAID, trial.random.randrange(1, 4))


def written(kind: int, namespace: str, number: int | None, data: Any) -> str:
    """A packet's text; `data` None stands for no data."""
    shown = "" if namespace == "/" else f"{namespace},"
    text = "" if data is None else json.dumps(data, separators=(",", ":"))
    return f"{kind}{shown}{'' if number is None else number}{text}"


def some_number(trial: Trial) -> int:
    return trial.random.choice((0, 7, 10, trial.random.randrange(10**6)))


def placeholder(number: int) -> dict[str, Any]:
    return {"_placeholder": True, "num": number}


@exercise(points=1, hint="A 2 and json.dumps([name, *arguments], separators=(',', ':')).")
async def event_writes_name_and_arguments(trial: Trial) -> None:
    """event writes its name and its arguments as one list, without spaces"""
    await trial.expect('2["new user","amy"]', "event", "new user", ["amy"])
    for _ in range(ROUNDS):
        said = arguments(trial)
        await trial.expect(written(EVENT, "/", None, ["say", *said]), "event", "say", said)


@exercise(points=1, hint="Any namespace except / is written, and a comma after it.")
async def event_writes_its_namespace(trial: Trial) -> None:
    """event writes its namespace, unless it is the main one"""
    for namespace in NAMESPACES:
        packet = written(EVENT, namespace, None, ["say", "hi"])
        await trial.expect(packet, "event", "say", ["hi"], namespace)


@exercise(points=1, hint="None means no answer. 0 is an id like any other.")
async def event_writes_its_id(trial: Trial) -> None:
    """event writes its id where an answer is wanted"""
    for number in (0, 7, 10, *(some_number(trial) for _ in range(ROUNDS))):
        namespace = trial.random.choice(NAMESPACES)
        packet = written(EVENT, namespace, number, ["say", "hi"])
        await trial.expect(packet, "event", "say", ["hi"], namespace, number)


@exercise(points=1, hint="The type is one digit. What follows may be JSON, or nothing.")
async def parse_knows_type_and_data(trial: Trial) -> None:
    """parse tells the type and the data, if there is any"""
    others: tuple[tuple[int, Any], ...] = ((0, None), (1, None), (0, {"sid": "/a,7"}), (4, "no"))
    for kind, data in (*others, *((EVENT, ["say", *arguments(trial)]) for _ in range(ROUNDS))):
        await trial.expect((kind, "/", None, data), "parse", written(kind, "/", None, data))


@exercise(points=1, hint="A namespace begins after the type, with a /, and ends at the next comma.")
async def parse_knows_the_namespace(trial: Trial) -> None:
    """parse tells the namespace, whatever digits are in it"""
    for namespace in NAMESPACES:
        for kind, data in ((0, None), (EVENT, ["say", "/x,y"])):
            packet = written(kind, namespace, None, data)
            await trial.expect((kind, namespace, None, data), "parse", packet)


@exercise(points=1, hint="The id is all digits between namespace and data; there may be none.")
async def parse_knows_the_id(trial: Trial) -> None:
    """parse tells the id, with all its digits"""
    for number in (0, 10, *(some_number(trial) for _ in range(ROUNDS))):
        namespace = trial.random.choice(NAMESPACES)
        kind, data = trial.random.choice(((EVENT, ["7", 8]), (ACK, [])))
        packet = written(kind, namespace, number, data)
        await trial.expect((kind, namespace, number, data), "parse", packet)


PARSES = (parse_knows_type_and_data, parse_knows_the_namespace, parse_knows_the_id)


@exercise(
    points=1,
    hint="An event with an id opens a question; the ack of that id closes it.",
    needs=PARSES,
)
async def open_questions_are_those_without_an_answer(trial: Trial) -> None:
    """open_questions gives the questions that have no answer, oldest first"""
    numbers = trial.random.sample(range(1000), 6)
    said = [("client", '2["not a question"]')]
    said += [("client", written(EVENT, "/", number, ["ask"])) for number in numbers]
    answered = trial.random.sample(numbers, 3)
    said += [("server", written(ACK, "/", number, [])) for number in answered]
    waiting = [("/", number) for number in numbers if number not in answered]
    await trial.expect(waiting, "open_questions", said)


@exercise(points=1, hint="The same id in two namespaces belongs to two questions.", needs=PARSES)
async def open_questions_are_of_a_namespace(trial: Trial) -> None:
    """open_questions counts each namespace for itself"""
    number = some_number(trial)
    asked = trial.random.sample(NAMESPACES, 3)
    said = [("client", written(EVENT, namespace, number, ["ask"])) for namespace in asked]
    said.append(("server", written(ACK, asked[1], number, ["well"])))
    waiting = [(asked[0], number), (asked[2], number)]
    await trial.expect(waiting, "open_questions", said)


@exercise(
    points=1, hint="A server asks, too, and the client answers: neither counts.", needs=PARSES
)
async def open_questions_are_the_clients(trial: Trial) -> None:
    """open_questions is not misled by what the server asks and the client answers"""
    first, second = trial.random.sample(range(1000), 2)
    said = [
        ("client", written(EVENT, "/", first, ["ask"])),
        ("server", written(EVENT, "/", first, ["ask"])),
        ("server", written(EVENT, "/", second, ["ask"])),
        ("client", written(ACK, "/", first, [])),
    ]
    await trial.expect([("/", first)], "open_questions", said)


@exercise(
    points=1, hint="isinstance(value, bytes): a placeholder instead, whose num counts from 0."
)
async def take_out_takes_arguments(trial: Trial) -> None:
    """take_out takes bytes out of a list, in order"""
    await trial.expect((["say", "hi"], []), "take_out", ["say", "hi"])
    for _ in range(ROUNDS):
        found = [trial.random.randbytes(3) for _ in range(trial.random.randrange(1, 4))]
        expected = ["say", *(placeholder(number) for number in range(len(found))), "hi"]
        await trial.expect((expected, found), "take_out", ["say", *found, "hi"])


@exercise(
    points=1,
    hint="A function that calls itself for what is in a list, and for what is in a dict.",
    needs=(take_out_takes_arguments,),
)
async def take_out_goes_deep(trial: Trial) -> None:
    """take_out finds bytes at any depth, and leaves all else as it is"""
    one, two, three = (trial.random.randbytes(3) for _ in range(3))
    data = ["say", {"a": one, "b": [None, 1.5, [two]], "c": {"d": {"e": True}}}, three]
    nested = {"a": placeholder(0), "b": [None, 1.5, [placeholder(1)]], "c": {"d": {"e": True}}}
    expected = (["say", nested, placeholder(2)], [one, two, three])
    await trial.expect(expected, "take_out", data)


@exercise(points=1, hint="num says which attachment belongs here; they may be met in any order.")
async def put_back_goes_by_number(trial: Trial) -> None:
    """put_back puts each attachment where its number is"""
    for _ in range(ROUNDS):
        found = [trial.random.randbytes(3) for _ in range(4)]
        order = trial.random.sample(range(4), 4)
        deep = {"a": placeholder(order[1]), "b": [[placeholder(order[2])], "hi"]}
        data = ["say", placeholder(order[0]), deep, placeholder(order[3])]
        filled = {"a": found[order[1]], "b": [[found[order[2]]], "hi"]}
        expected = ["say", found[order[0]], filled, found[order[3]]]
        await trial.expect(expected, "put_back", data, found)


@exercise(points=1, hint="A placeholder is an object whose _placeholder is True; no other is one.")
async def put_back_leaves_other_objects(trial: Trial) -> None:
    """put_back leaves objects alone that are no placeholders"""
    number, attachment = trial.random.randrange(100), trial.random.randbytes(3)
    data = ["say", {"num": number}, {"a": {"num": 0}}, None, placeholder(0)]
    await trial.expect([*data[:-1], attachment], "put_back", data, [attachment])
