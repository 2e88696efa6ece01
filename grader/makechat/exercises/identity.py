"""The checks of 09_identity: what is in a cookie, who made it, and for whom it is good.

Those on headers and clocks, which need no token, are in `identity_rules`. What is expected is
computed from how the input was drawn, not as a solution would do it.
"""

import base64
import hmac

from grader.makechat.exercises.drawn import ROUNDS, some_names
from grader.notebook.exercise import Trial, exercise

POINTS = ("amy", "a.b", "v1.user.amy", ".", "zoë", "")


def in_base64(data: bytes) -> str:
    """The bytes as cookies have them."""
    return base64.urlsafe_b64encode(data).decode()


def some_key(trial: Trial) -> bytes:
    """32 bytes, the first half of which signs."""
    return trial.random.randbytes(32)


def signed(data: bytes, key: bytes) -> bytes:
    """The bytes, and their signature after them."""
    return data + hmac.digest(key[:16], data, "sha256")


def unsigned(made: int, iv: bytes, ciphertext: bytes) -> bytes:
    """A token without its signature."""
    return b"\x80" + made.to_bytes(8, "big") + iv + ciphertext


def with_text(text: str, key: bytes) -> str:
    """The simplest signed cookie."""
    return f"{text}.{hmac.digest(key, text.encode(), 'sha256').hex()}"


@exercise(points=2, hint="The time is in bytes 1 to 8, the largest byte first; the IV follows.")
async def parts_takes_a_token_apart(trial: Trial) -> None:
    """parts gives the time, the IV, the ciphertext and the signature"""
    for _ in range(ROUNDS):
        made, blocks = trial.random.randrange(2**33), trial.random.randrange(1, 5)
        iv, ciphertext, signature = map(trial.random.randbytes, (16, 16 * blocks, 32))
        token = in_base64(unsigned(made, iv, ciphertext) + signature)
        await trial.expect((made, iv, ciphertext, signature), "parts", token)


@exercise(
    points=1,
    hint="The first byte is 0x80, and no other.",
    needs=(parts_takes_a_token_apart,),
)
async def parts_refuses_another_version(trial: Trial) -> None:
    """parts raises ValueError for another version than 0x80"""
    for version in (0x00, 0x7F, 0x81, 0xFF):
        await trial.expect_error(ValueError, "parts", in_base64(bytes([version]) + bytes(88)))


@exercise(
    points=1,
    hint="1, 8 and 16 bytes, at least one block of 16, and 32 of signature: 73 in all.",
    needs=(parts_takes_a_token_apart,),
)
async def parts_refuses_what_is_not_whole(trial: Trial) -> None:
    """parts raises ValueError where the ciphertext is not whole blocks"""
    for size in (0, 1, 8, 15, 17, 31, 33):
        await trial.expect_error(ValueError, "parts", in_base64(b"\x80" + bytes(24 + size + 32)))
    for size in (0, 1, 24, 40, 56):
        await trial.expect_error(ValueError, "parts", in_base64(b"\x80" * size))


@exercise(points=2, hint="hmac.digest(key, all before the last 32 bytes, 'sha256'), half the key.")
async def is_genuine_takes_what_the_key_has_signed(trial: Trial) -> None:
    """is_genuine takes a token that the key has signed, and no other key's"""
    for _ in range(ROUNDS):
        key, other = some_key(trial), some_key(trial)
        data = b"\x80" + trial.random.randbytes(trial.random.randrange(80))
        token = in_base64(signed(data, key))
        await trial.expect(True, "is_genuine", token, in_base64(key))
        if key[:16] != other[:16]:
            await trial.expect(False, "is_genuine", token, in_base64(other))


@exercise(
    points=1,
    hint="Sign all that comes before the signature, and compare all 32 bytes of it.",
    needs=(is_genuine_takes_what_the_key_has_signed,),
)
async def is_genuine_refuses_each_change(trial: Trial) -> None:
    """is_genuine refuses a token with a bit changed, wherever that is"""
    key = some_key(trial)
    data = signed(b"\x80" + trial.random.randbytes(40), key)
    for at in (0, 1, 20, 40, 41, 42, 60, len(data) - 1):
        change = bytearray(data)
        change[at] ^= 1
        await trial.expect(False, "is_genuine", in_base64(bytes(change)), in_base64(key))
    await trial.expect(False, "is_genuine", in_base64(data[:-1]), in_base64(key))


@exercise(
    points=1,
    hint="What is shorter than a signature has none; an exception would end the request.",
    needs=(is_genuine_takes_what_the_key_has_signed,),
)
async def is_genuine_refuses_what_is_too_short(trial: Trial) -> None:
    """is_genuine refuses what is too short to have a signature"""
    key = some_key(trial)
    for size in (0, 1, 31):
        await trial.expect(False, "is_genuine", in_base64(bytes(size)), in_base64(key))


@exercise(points=1, hint="Split at the last point, sign what is before it, and compare.")
async def read_signed_gives_the_text(trial: Trial) -> None:
    """read_signed gives the text of a cookie, points in it or not"""
    for text in (*POINTS, *some_names(trial, 3)):
        key = trial.random.randbytes(16)
        await trial.expect(text, "read_signed", with_text(text, key), key)


@exercise(
    points=2,
    hint="Where the signature is not what your key gives, the answer is None.",
    needs=(read_signed_gives_the_text,),
)
async def read_signed_refuses_what_the_key_did_not_sign(trial: Trial) -> None:
    """read_signed answers None to another text, and to another key's"""
    for _ in range(ROUNDS):
        name, other = some_names(trial, 2)
        key = trial.random.randbytes(16)
        cookie = with_text(name, key)
        changed = other + cookie[len(name) :]
        await trial.expect(None, "read_signed", changed, key)
        await trial.expect(None, "read_signed", with_text(name, key + b"2"), key)


@exercise(
    points=1,
    hint="Compare the whole signature, as it is written: all 64 digits, and nothing more.",
    needs=(read_signed_gives_the_text,),
)
async def read_signed_refuses_what_is_no_cookie(trial: Trial) -> None:
    """read_signed answers None to what is cut, longer, or no cookie at all"""
    key = trial.random.randbytes(16)
    (name,) = some_names(trial, 1)
    cookie = with_text(name, key)
    text, signature = name, cookie[len(name) + 1 :]
    for wrong in (
        *("", ".", name, f"{name}.", "ü.ü"),
        *(cookie[:-1], cookie + "0", f"{cookie} ", f"{text}. {signature}"),
        text + signature,
        hmac.digest(key, b"", "sha256").hex(),
    ):
        await trial.expect(None, "read_signed", wrong, key)
    capitals = f"{text}.{signature.upper()}"
    if capitals != cookie:
        await trial.expect(None, "read_signed", capitals, key)
