"""The checks of 02_frames: the exercises on a WebSocket's frames (RFC 6455, 5 to 8)."""

from grader.clients.frames import Opcode
from grader.notebook.exercise import Trial, exercise

ROUNDS = 5  # of inputs that are drawn
FIN, MASKED = 0b1000_0000, 0b1000_0000  # of the first byte, and of the second
DATA, CONTROL = (0, 1, 2), (8, 9, 10)  # opcodes
LETTERS = "abcäöπ漢🦊 "  # of one byte to four
ROOM = 123  # bytes for a reason behind the code of a close
# Where the first byte that is wrong is the last one (Unicode 15, 3.9, table 3-7).
SPOILED = ("ff", "80", "c0", "c1", "e080", "e28f28", "eda0", "f08f", "f09f8e28", "f490", "f5")

Received = tuple[bool, int, bytes]


def a_text(trial: Trial, most: int = 20) -> str:
    return "".join(trial.random.choices(LETTERS, k=trial.random.randrange(1, most + 1)))


def cut_up(trial: Trial, opcode: int, payload: bytes) -> list[Received]:
    """A message in up to four frames, a control frame here and there among them."""
    cuts = sorted(trial.random.choices(range(len(payload) + 1), k=trial.random.randrange(4)))
    pieces = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
    received: list[Received] = []
    for number, piece in enumerate(pieces):
        if trial.random.random() < 0.5:
            received.append((True, trial.random.choice((Opcode.PING, Opcode.PONG)).value, b"?"))
        received.append((number == len(pieces) - 1, 0 if number else opcode, piece))
    return received


async def refuses(trial: Trial, refused: bool, first: int, second: int) -> None:
    await trial.expect(refused, "is_refused", first, second)


@exercise(points=1, hint="Byte i with byte i % 4 of the key, by ^.")
async def unmask_piece_unmasks(trial: Trial) -> None:
    """unmask_piece unmasks a payload that is whole"""
    await trial.expect(b"Hello", "unmask_piece", b"\x7f\x9f\x4d\x51\x58", b"\x37\xfa\x21\x3d", 0)
    for _ in range(ROUNDS):
        data, key = trial.random.randbytes(trial.random.randrange(20)), trial.random.randbytes(4)
        masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(data))
        await trial.expect(data, "unmask_piece", masked, key, 0)


@exercise(
    points=1,
    hint="The place in the whole payload counts: the piece's first byte is number start.",
    needs=(unmask_piece_unmasks,),
)
async def unmask_piece_goes_on(trial: Trial) -> None:
    """unmask_piece goes on in the middle of a payload"""
    for start in (*range(1, 5), *trial.random.sample(range(5, 2**20), ROUNDS)):
        data, key = trial.random.randbytes(9), trial.random.randbytes(4)
        masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(data, start))
        await trial.expect(data, "unmask_piece", masked, key, start)


@exercise(points=2, hint="Two bytes, then none, 2 or 8 of length, then the key if there is one.")
async def header_size_counts_length_and_key(trial: Trial) -> None:
    """header_size counts the bytes of the length and the key"""
    lengths = (0, 1, 125, 126, 127, *trial.random.sample(range(2, 125), ROUNDS))
    for length in lengths:
        size = 2 + {126: 2, 127: 8}.get(length, 0)
        await trial.expect(size, "header_size", length)
        await trial.expect(size + 4, "header_size", MASKED | length)


@exercise(points=1, hint="A data frame may have any length and no FIN; a control frame may not.")
async def is_refused_lets_good_frames_in(trial: Trial) -> None:
    """is_refused lets in whatever a client may send"""
    for opcode in DATA:
        for length in (0, 125, 126, 127):
            await refuses(trial, False, trial.random.choice((FIN, 0)) | opcode, MASKED | length)
    for opcode in CONTROL:
        for length in (0, 2, 125):
            await refuses(trial, False, FIN | opcode, MASKED | length)


@exercise(points=1, hint="Three bits are reserved, and ten of the sixteen opcodes.")
async def is_refused_refuses_bad_bits(trial: Trial) -> None:
    """is_refused refuses no mask, reserved bits, unknown opcodes"""
    for opcode in DATA + CONTROL:
        await refuses(trial, True, FIN | opcode, trial.random.randrange(2, 126))
        reserved = trial.random.randrange(1, 8)
        await refuses(trial, True, FIN | reserved << 4 | opcode, MASKED | 5)
    for bit in (0b0100_0000, 0b0010_0000, 0b0001_0000):
        await refuses(trial, True, FIN | bit | Opcode.TEXT.value, MASKED | 5)
    for opcode in set(range(16)).difference(DATA, CONTROL):
        await refuses(trial, True, FIN | opcode, MASKED | 5)


@exercise(points=1, hint="A control frame has FIN, and 125 bytes at most.")
async def is_refused_refuses_bad_control_frames(trial: Trial) -> None:
    """is_refused refuses control frames that are cut or too long"""
    for opcode in CONTROL:
        await refuses(trial, True, opcode, MASKED | trial.random.randrange(2, 126))
        for length in (126, 127):
            await refuses(trial, True, FIN | opcode, MASKED | length)


@exercise(points=2, hint="Collect payloads until FIN; only then decode what is a text.")
async def assemble_joins_fragments(trial: Trial) -> None:
    """assemble joins fragments, wherever they are cut"""
    for _ in range(ROUNDS):
        one, other, data = a_text(trial), a_text(trial), trial.random.randbytes(9)
        frames = cut_up(trial, 1, one.encode()) + cut_up(trial, 2, data)
        frames += cut_up(trial, 1, other.encode()) + cut_up(trial, 2, b"")
        received = [frame for frame in frames if frame[1] not in CONTROL]
        await trial.expect([one, data, other, b""], "assemble", received)


@exercise(
    points=1,
    hint="From opcode 8 on a frame is no part of a message; leave it out first.",
    needs=(assemble_joins_fragments,),
)
async def assemble_leaves_control_frames_out(trial: Trial) -> None:
    """assemble leaves out control frames, and what is not whole"""
    for _ in range(ROUNDS):
        one, other = a_text(trial), trial.random.randbytes(9)
        received = cut_up(trial, 1, one.encode()) + cut_up(trial, 2, other)
        begun: list[Received] = [(True, Opcode.PING.value, b""), (False, 1, b"not all")]
        await trial.expect([one, other], "assemble", received + begun)


@exercise(points=1, hint="code.to_bytes(2, 'big'), and after it the reason's encode().")
async def close_payload_has_code_and_reason(trial: Trial) -> None:
    """close_payload has the code in two bytes, and then the reason"""
    for code in (1000, 1001, trial.random.randrange(3000, 5000)):
        for reason in ("", "bye", a_text(trial)):
            expected = code.to_bytes(2, "big") + reason.encode()
            await trial.expect(expected, "close_payload", code, reason)


@exercise(
    points=2,
    hint="Count bytes, not characters: bytes.decode(errors='ignore') drops a part of a character.",
    needs=(close_payload_has_code_and_reason,),
)
async def close_payload_keeps_whole_characters(trial: Trial) -> None:
    """close_payload fills 125 bytes at most, with whole characters"""
    for letter in LETTERS[:-1]:
        for length in (ROOM - 1, ROOM, trial.random.randrange(ROOM + 1, 2 * ROOM)):
            reason = "x" * trial.random.randrange(4) + letter * length
            kept = reason
            while len(kept.encode()) > ROOM:
                kept = kept[:-1]
            await trial.expect(b"\x03\xe8" + kept.encode(), "close_payload", 1000, reason)


@exercise(points=1, hint="A text that is cut anywhere lacks only the end of its last character.")
async def may_become_text_takes_every_beginning(trial: Trial) -> None:
    """may_become_text takes a text, wherever it is cut"""
    for _ in range(ROUNDS):
        data = a_text(trial, 6).encode()
        for end in {0, len(data), trial.random.randrange(len(data)), len(data) - 1}:
            await trial.expect(True, "may_become_text", data[:end])


@exercise(points=2, hint="A UnicodeDecodeError has a reason: is it that the data ends too early?")
async def may_become_text_refuses_at_the_first_byte(trial: Trial) -> None:
    """may_become_text refuses once nothing can fix it"""
    for spoiled in SPOILED:
        begun = a_text(trial).encode() + bytes.fromhex(spoiled)
        await trial.expect(False, "may_become_text", begun)
        await trial.expect(False, "may_become_text", begun + a_text(trial).encode())
