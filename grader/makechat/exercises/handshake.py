"""The checks of 01_handshake: the exercises on the opening handshake (RFC 6455, 4)."""

import base64

from grader.clients.frames import SAMPLE_KEY, accept_of
from grader.notebook.exercise import Trial, exercise

ROUNDS = 5  # of inputs that are drawn
WORDS = ("keep-alive", "close", "h2c", "chat", "TE", "foo")
PROTOCOLS = ("chat", "superchat", "mqtt", "soap", "wamp")
FOREIGN = "!?.*-_ "  # characters that base64 does not have

Fields = list[tuple[str, str]]


def key_of(trial: Trial, size: int = 16) -> str:
    """So many bytes in base64: with 16 of them, a key."""
    return base64.b64encode(trial.random.randbytes(size)).decode()


def any_case(trial: Trial, text: str) -> str:
    """The text in capitals here and there."""
    return "".join(trial.random.choice((str.lower, str.upper))(letter) for letter in text)


def shuffled(trial: Trial, *words: str) -> str:
    """The words as a list in the value of a field, in any order."""
    return ", ".join(trial.random.sample(words, len(words)))


def upgrade(trial: Trial, **others: str | None) -> Fields:
    """The fields of a valid upgrade in any order, `others` in their place; None: left out."""
    values: dict[str, str | None] = {
        "Host": "127.0.0.1",
        "Upgrade": any_case(trial, "websocket"),
        "Connection": shuffled(trial, any_case(trial, "upgrade"), "keep-alive"),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key_of(trial),
    }
    values |= {name.replace("_", "-"): value for name, value in others.items()}
    fields = [(any_case(trial, name), value) for name, value in values.items() if value is not None]
    trial.random.shuffle(fields)
    return fields


async def answered(trial: Trial, code: int, **others: str | None) -> None:
    """An upgrade with `others` in it has this status."""
    await trial.expect(code, "status", "GET / HTTP/1.1", upgrade(trial, **others))


@exercise(
    points=2,
    hint=("SHA-1 of the key as it stands and the GUID after it; digest(), not hexdigest()."),
)
async def accept_answers_a_key(trial: Trial) -> None:
    """accept answers the RFC's own key, and any other"""
    for key in (SAMPLE_KEY, *(key_of(trial) for _ in range(ROUNDS))):
        await trial.expect(accept_of(key), "accept", key)


@exercise(points=1, hint="Decode it, and count the bytes that come out.")
async def is_key_takes_16_bytes(trial: Trial) -> None:
    """is_key takes 16 bytes in base64, no more and no fewer"""
    for size in trial.random.sample(range(33), 12):
        await trial.expect(size == 16, "is_key", key_of(trial, size))
    for size in (15, 16, 17, 18):  # each as long in base64 as 16 bytes are, except the first
        await trial.expect(size == 16, "is_key", key_of(trial, size))


@exercise(points=1, hint="b64decode(text, validate=True) raises an exception, which is a False.")
async def is_key_refuses_what_is_not_base64(trial: Trial) -> None:
    """is_key refuses what is not base64"""
    for text in ("", "no base64!", "schlüssel", SAMPLE_KEY.rstrip("=")):
        await trial.expect(False, "is_key", text)
    for _ in range(ROUNDS):
        key, at = key_of(trial), trial.random.randrange(22)
        await trial.expect(False, "is_key", key[:at] + trial.random.choice(FOREIGN) + key[at:])


@exercise(points=1, hint="Split the value at its commas, strip the spaces, then compare.")
async def has_token_finds_a_word_among_others(trial: Trial) -> None:
    """has_token finds a word in a list, but no part of a word"""
    for _ in range(ROUNDS):
        word, *others = trial.random.sample(WORDS, 4)
        await trial.expect(
            True, "has_token", [("Via", shuffled(trial, word, *others))], "Via", word
        )
        longer = trial.random.choice((f"{word}s", f"not-{word}", f"{word} 2"))
        await trial.expect(False, "has_token", [("Via", longer)], "Via", word)
        await trial.expect(False, "has_token", [("Via", shuffled(trial, *others))], "Via", word)


@exercise(
    points=1,
    hint="lower() on both sides, for the name of the field and for the word.",
    needs=(has_token_finds_a_word_among_others,),
)
async def has_token_compares_without_case(trial: Trial) -> None:
    """has_token compares names and words without case"""
    for _ in range(ROUNDS):
        field = (any_case(trial, "Connection"), any_case(trial, "keep-alive, Upgrade"))
        name, word = any_case(trial, "connection"), any_case(trial, "upgrade")
        await trial.expect(True, "has_token", [field], name, word)


@exercise(
    points=1,
    hint="A dict keeps one value for each name; go through all pairs.",
    needs=(has_token_finds_a_word_among_others,),
)
async def has_token_reads_every_field_of_the_name(trial: Trial) -> None:
    """has_token reads all fields of the name, and no others"""
    for _ in range(ROUNDS):
        word, *others = trial.random.sample(WORDS, 3)
        fields = [("Via", one) for one in (word, *others)]
        trial.random.shuffle(fields)
        await trial.expect(True, "has_token", fields, "Via", word)
        strangers = [("Via", one) for one in others] + [("X-Via", word)]
        await trial.expect(False, "has_token", strangers, "Via", word)


@exercise(points=2, hint="data.partition(…) splits at the first place where it is, and only there.")
async def split_head_splits_at_the_first_empty_line(trial: Trial) -> None:
    """split_head gives the head, and all that comes after its empty line"""
    for _ in range(ROUNDS):
        head = f"GET /{trial.random.randrange(1000)} HTTP/1.1\r\nHost: 127.0.0.1".encode()
        rest = trial.random.choice((b"", b"\r\n\r\n", b"more\r\n\r\nand more"))
        rest += trial.random.randbytes(trial.random.randrange(9))
        await trial.expect((head, rest), "split_head", head + b"\r\n\r\n" + rest)


@exercise(points=1, hint="Where the empty line is not among the bytes, return None.")
async def split_head_waits_for_the_empty_line(trial: Trial) -> None:
    """split_head returns None while the head is not whole"""
    whole = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for end in (0, len(whole) - 1, *trial.random.sample(range(1, len(whole) - 1), ROUNDS)):
        await trial.expect(None, "split_head", whole[:end])


@exercise(points=1, hint="Go through the offered names in their order, not through the known ones.")
async def choose_takes_what_the_client_likes_best(trial: Trial) -> None:
    """choose takes the first offered name that is known"""
    for _ in range(ROUNDS):
        unknown, *offered = trial.random.sample(PROTOCOLS, 4)
        known = offered[::-1]  # the server likes best what the client likes least
        await trial.expect(offered[0], "choose", ", ".join([unknown, *offered]), known)


@exercise(
    points=1,
    hint="Names are compared whole, and with case; where the field is missing, offered is None.",
)
async def choose_takes_nothing_else(trial: Trial) -> None:
    """choose answers None where nothing fits, or nothing is offered"""
    await trial.expect(None, "choose", None, ["chat"])
    for _ in range(ROUNDS):
        name = trial.random.choice(PROTOCOLS)
        others = [one for one in PROTOCOLS if one != name]
        for other in (name.capitalize(), f"{name}2", f"x-{name}", shuffled(trial, *others)):
            await trial.expect(None, "choose", other, [name])


@exercise(points=1, hint="Your own has_token and is_key do most of it.")
async def status_lets_an_upgrade_in(trial: Trial) -> None:
    """status answers a valid upgrade with 101"""
    for _ in range(ROUNDS):
        await answered(trial, 101)
        await answered(trial, 101, Connection=any_case(trial, "Upgrade"), Origin="http://a.test")


@exercise(
    points=1,
    hint="A list may be spread over several fields of one name (RFC 9110, 5.3): read them all.",
    needs=(status_lets_an_upgrade_in,),
)
async def status_reads_every_line_of_a_field(trial: Trial) -> None:
    """status reads all lines of Connection and Upgrade, in any order"""
    for _ in range(ROUNDS):
        for name, word, other in (
            ("Connection", "upgrade", "keep-alive"),
            ("Upgrade", "websocket", "h2c"),
        ):
            lines = [(any_case(trial, name), any_case(trial, one)) for one in (word, other)]
            fields = upgrade(trial, **{name: None}) + lines
            trial.random.shuffle(fields)
            await trial.expect(101, "status", "GET / HTTP/1.1", fields)


@exercise(points=1, hint="Upgrade, Connection and the version: each can make it 426.")
async def status_asks_for_an_upgrade(trial: Trial) -> None:
    """status answers 426 to no upgrade, and to another version"""
    for connection in (None, "keep-alive"):
        await answered(trial, 426, Connection=connection)
    for protocol in (None, "h2c", "websockets"):
        await answered(trial, 426, Upgrade=protocol)
    for version in (None, "8", "130"):
        await answered(trial, 426, Sec_WebSocket_Version=version)
    await answered(trial, 426, Upgrade=None, Connection=None)


@exercise(points=1, hint="First the start line, then what makes it no upgrade, and the key last.")
async def status_refuses_what_is_bad(trial: Trial) -> None:
    """status answers 400 to a bad key, and to what is no GET"""
    for key in (None, "", key_of(trial, 15), key_of(trial, 17), "no base64!"):
        await answered(trial, 400, Sec_WebSocket_Key=key)
        await answered(trial, 426, Sec_WebSocket_Key=key, Sec_WebSocket_Version="8")
    for method in ("POST", "HEAD", "GETS"):
        for fields in (upgrade(trial), upgrade(trial, Upgrade=None)):
            await trial.expect(400, "status", f"{method} / HTTP/1.1", fields)
