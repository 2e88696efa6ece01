"""The checks of course/notebooks/01_tiny.ipynb."""

from grader.notebook.exercise import Trial, exercise

ROUNDS = 10  # of inputs that are drawn
LETTERS = "abcæöπ漢🦊: \n"


def text(trial: Trial) -> str:
    return "".join(trial.random.choices(LETTERS, k=trial.random.randrange(12)))


@exercise(points=1, hint="The kind, a colon, the text; then encode() makes bytes of it.")
async def pack_puts_a_colon_between(trial: Trial) -> None:
    """pack puts a colon between kind and text"""
    await trial.expect(b"ping:hello", "pack", "ping", "hello")
    for _ in range(ROUNDS):
        one = text(trial)
        await trial.expect(f"say:{one}".encode(), "pack", "say", one)


@exercise(points=2, hint="partition(':') splits at the first colon.")
async def unpack_gives_kind_and_text(trial: Trial) -> None:
    """unpack gives back kind and text, whatever colons are in it"""
    for _ in range(ROUNDS):
        one = text(trial)
        await trial.expect(("say", one), "unpack", f"say:{one}".encode())


@exercise(
    points=1,
    hint="raise ValueError(…) where there is no colon.",
    needs=(unpack_gives_kind_and_text,),
)
async def unpack_refuses_what_has_no_colon(trial: Trial) -> None:
    """unpack raises ValueError where there is no colon"""
    await trial.expect_error(ValueError, "unpack", b"hello")


@exercise(points=1, hint="secrets.token_bytes(n) gives n of them.")
async def new_key_is_new(trial: Trial) -> None:
    """new_key gives four bytes, other ones each time"""
    before = None
    for _ in range(ROUNDS):
        key = await trial.call("new_key")
        if not isinstance(key, bytes) or len(key) != 4:
            trial.wrong("should be four bytes")
        if key == before:
            trial.wrong("came before")
        before = key


@exercise(points=2, hint="Look at message['kind'] first.")
async def answer_answers_pings(trial: Trial) -> None:
    """answer answers a ping with a pong, and anything else with an error"""
    one = text(trial)
    pong, error = {"kind": "pong", "text": one}, {"kind": "error", "text": "say"}
    await trial.expect(pong, "answer", {"kind": "ping", "text": one})
    await trial.expect(error, "answer", {"kind": "say", "text": one})


CHECKS = (
    pack_puts_a_colon_between,
    unpack_gives_kind_and_text,
    unpack_refuses_what_has_no_colon,
    new_key_is_new,
    answer_answers_pings,
)
