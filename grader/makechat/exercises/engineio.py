"""The checks of 03_engineio: the exercises on Engine.IO's packets (protocol, revision 4)."""

import base64
import json

from grader.notebook.exercise import Trial, exercise

ROUNDS = 10  # of inputs that are drawn
LETTERS = "abc24öπ漢🦊 "  # digits that begin packets among them
WORDS = ("", "b", "4", "44", "2probe", "hello")  # what a message may be, and looks like another


def a_text(trial: Trial) -> str:
    return "".join(trial.random.choices(LETTERS, k=trial.random.randrange(8)))


def some_bytes(trial: Trial) -> bytes:
    """Bytes whose base64 has padding, or letters that another alphabet has not, or both."""
    return b"\xfb\xef\xff" + trial.random.randbytes(trial.random.randrange(8))


def in_base64(data: bytes) -> str:
    return "b" + base64.b64encode(data).decode()


@exercise(points=1, hint="json.loads(packet[1:]); the interval and the timeout, in seconds.")
async def longest_silence_adds_both_in_seconds(trial: Trial) -> None:
    """longest_silence adds the interval and the timeout, in seconds"""
    for _ in range(ROUNDS):
        # Eighths of a second: in whatever order they are added and divided, nothing is rounded.
        interval, timeout = (125 * trial.random.randrange(1, 400) for _ in range(2))
        said = {
            "sid": f"{trial.random.getrandbits(64):x}",
            "upgrades": ["websocket"],
            "pingInterval": interval,
            "pingTimeout": timeout,
            "maxPayload": 125 * trial.random.randrange(1, 400),
        }
        names = trial.random.sample(sorted(said), len(said))
        packet = "0" + json.dumps({name: said[name] for name in names})
        await trial.expect((interval + timeout) / 1000, "longest_silence", packet)


@exercise(points=1, hint="A pong begins with 3, and then comes what came after the ping's 2.")
async def answer_answers_every_ping(trial: Trial) -> None:
    """answer answers a ping with a pong that carries the same"""
    for word in ("", "probe", *(a_text(trial) for _ in range(ROUNDS))):
        await trial.expect(f"3{word}", "answer", f"2{word}")


@exercise(points=1, hint="3probe says that the new line works. What does the client send then?")
async def answer_upgrades(trial: Trial) -> None:
    """answer sends the upgrade when its probe is answered"""
    await trial.expect("5", "answer", "3probe")


@exercise(points=1, hint="The first character is the kind. All other kinds need no answer.")
async def answer_leaves_the_rest(trial: Trial) -> None:
    """answer answers nothing else: no message, no other pong, no noop"""
    others = ("3", "3probe2", "6", "1", '0{"sid":"2"}', "4probe", "43probe", "42", "4")
    for packet in (*others, *(f"4{a_text(trial)}" for _ in range(ROUNDS))):
        await trial.expect(None, "answer", packet)


@exercise(
    points=1,
    hint=("A separator stands between two packets: none before the first, none after the last."),
)
async def payload_separates_packets(trial: Trial) -> None:
    """payload puts a separator between two packets"""
    for count in (1, 2, *(trial.random.randrange(1, 6) for _ in range(ROUNDS))):
        packets = [f"4{a_text(trial)}" for _ in range(count)]
        await trial.expect("\x1e".join(packets), "payload", packets)


@exercise(points=1, hint="A b, then base64.b64encode, whose result is bytes: decode it.")
async def payload_writes_bytes_as_base64(trial: Trial) -> None:
    """payload writes bytes in base64, after a b"""
    for _ in range(ROUNDS):
        data = some_bytes(trial)
        await trial.expect(f"3\x1e{in_base64(data)}\x1e4hi", "payload", ["3", data, "4hi"])


@exercise(points=1, hint="Take the 4 away, and only that: a message may begin with a 4 itself.")
async def messages_gives_texts(trial: Trial) -> None:
    """messages gives the texts of messages, in order"""
    for _ in range(ROUNDS):
        texts = [a_text(trial), *trial.random.sample(WORDS, 3)]
        await trial.expect(texts, "messages", "\x1e".join(f"4{text}" for text in texts))


@exercise(points=1, hint="base64.b64decode of what comes after the b.")
async def messages_gives_bytes(trial: Trial) -> None:
    """messages gives the bytes of a binary message"""
    for _ in range(ROUNDS):
        data = some_bytes(trial)
        await trial.expect(["b", data, ""], "messages", f"4b\x1e{in_base64(data)}\x1e4")


@exercise(
    points=1, hint="Messages begin with 4 or b. All other packets are not for the application."
)
async def messages_passes_others_over(trial: Trial) -> None:
    """messages passes over packets of other kinds"""
    await trial.expect([], "messages", "6")
    for _ in range(ROUNDS):
        text = a_text(trial)
        others = trial.random.sample(("6", "2", "1", "3probe", '0{"sid":"4b"}'), 3)
        body = "\x1e".join([*others[:2], f"4{text}", others[2]])
        await trial.expect([text], "messages", body)


@exercise(points=1, hint="Where a question waits, the message goes one way: its time and delay.")
async def heard_answers_what_waits(trial: Trial) -> None:
    """heard lets a message go at once where a question waits for it"""
    for _ in range(ROUNDS):
        delay = trial.random.randrange(1, 50)
        said = [trial.random.randrange(9)]
        for _ in range(trial.random.randrange(4)):
            said.append(said[-1] + 2 * delay + trial.random.randrange(1, 50))
        await trial.expect([moment + delay for moment in said], "heard", said, delay)


@exercise(
    points=2,
    hint="Keep in mind when the last answer was given: the next can be given two ways later.",
    needs=(heard_answers_what_waits,),
)
async def heard_keeps_what_is_said_between(trial: Trial) -> None:
    """heard keeps what is said in between for the next question"""
    for delay in (5, 10, *(trial.random.randrange(1, 20) for _ in range(ROUNDS))):
        said = sorted({0, 2 * delay, *trial.random.choices(range(1, 6 * delay), k=6)})
        heard, at = [], 0
        for moment in said:  # `at`: when the answer goes that carries it
            at = at if moment <= at else max(moment, at + 2 * delay)
            heard.append(at + delay)
        await trial.expect(heard, "heard", said, delay)
