"""The checks of 09_identity on headers and clocks: which cookie, how old, and whose page."""

from grader.makechat.exercises.drawn import ROUNDS
from grader.notebook.exercise import Trial, exercise

COOKIES = ("session", "theme", "lang", "id", "seen")
VALUES = ("dark", "gAAAAAB==", "a=b", "7", "")
HOSTS = ("chat.example", "127.0.0.1", "localhost", "other.example")
PORTS = {"http": 80, "https": 443}


def pairs(*cookies: tuple[str, str]) -> str:
    """The header."""
    return "; ".join(f"{name}={value}" for name, value in cookies)


@exercise(points=1, hint="Split at '; ', then each pair at its first '='.")
async def cookie_named_finds_it_among_others(trial: Trial) -> None:
    """cookie_named finds a cookie, wherever it is, and its whole value"""
    for _ in range(ROUNDS):
        names = trial.random.sample(COOKIES, 3)
        cookies = [(name, trial.random.choice(VALUES)) for name in names]
        for name, value in cookies:
            await trial.expect(value, "cookie_named", pairs(*cookies), name)


@exercise(points=1, hint="Compare names whole, and with case; None where there is none of it.")
async def cookie_named_finds_no_other(trial: Trial) -> None:
    """cookie_named answers None where the cookie is not there"""
    await trial.expect(None, "cookie_named", "", "session")
    for _ in range(ROUNDS):
        name, other = trial.random.sample(COOKIES, 2)
        for near in (f"my{name}", f"{name}2", name.upper(), other):
            header = pairs((near, "1"), (other, f"{name}"))
            await trial.expect(None, "cookie_named", header, name)


@exercise(
    points=1,
    hint="Return at the first pair that fits; a dict keeps the last.",
    needs=(cookie_named_finds_it_among_others,),
)
async def cookie_named_takes_the_first(trial: Trial) -> None:
    """cookie_named takes the first where the name comes twice"""
    for _ in range(ROUNDS):
        name, between = trial.random.sample(COOKIES, 2)
        first, last = trial.random.sample(VALUES, 2)
        header = pairs((name, first), (between, "1"), (name, last))
        await trial.expect(first, "cookie_named", header, name)


@exercise(points=1, hint="Too old is what was made more than ttl before now.")
async def is_fresh_until_the_limit(trial: Trial) -> None:
    """is_fresh takes a token until its limit, and not a second longer"""
    for _ in range(ROUNDS):
        made, ttl = trial.random.randrange(10**9), trial.random.randrange(10**4)
        for later, should in ((0, True), (ttl, True), (ttl + 1, False), (10 * ttl + 9, False)):
            await trial.expect(should, "is_fresh", made, made + later, ttl)


@exercise(points=1, hint="Clocks differ: what is up to skew seconds ahead of now is good.")
async def is_fresh_refuses_the_future(trial: Trial) -> None:
    """is_fresh takes a clock that is ahead by no more than skew"""
    for _ in range(ROUNDS):
        now, skew = trial.random.randrange(10**6, 10**9), trial.random.randrange(100)
        for ahead, should in ((skew, True), (skew + 1, False), (skew + 5000, False)):
            await trial.expect(should, "is_fresh", now + ahead, now, 10**4, skew)
    for ahead, should in ((60, True), (61, False)):
        await trial.expect(should, "is_fresh", 1000 + ahead, 1000, 30)


@exercise(points=1, hint="Ask first whether ttl is None; 0 is a limit, too.")
async def is_fresh_without_a_limit(trial: Trial) -> None:
    """is_fresh asks nothing where ttl is None"""
    for _ in range(ROUNDS):
        made, now = trial.random.randrange(10**9), trial.random.randrange(10**9)
        await trial.expect(True, "is_fresh", made, now, None)
    await trial.expect(False, "is_fresh", 100, 101, 0)


@exercise(points=1, hint="Take both apart: scheme, host and port; urlsplit does it.")
async def is_own_takes_its_own_pages(trial: Trial) -> None:
    """is_own takes its own origin, in capitals, and with its port written"""
    for _ in range(ROUNDS):
        scheme, host = trial.random.choice([*PORTS]), trial.random.choice(HOSTS)
        port = trial.random.randrange(1, 65536)
        own = f"{scheme}://{host}:{port}"
        await trial.expect(True, "is_own", own, own)
        await trial.expect(True, "is_own", f"{scheme.upper()}://{host.upper()}:{port}", own)
        bare, written = f"{scheme}://{host}", f"{scheme}://{host}:{PORTS[scheme]}"
        await trial.expect(True, "is_own", bare, written)
        await trial.expect(True, "is_own", written, bare)


@exercise(
    points=2,
    hint="All three must be the same; a host that begins or ends alike is another host.",
    needs=(is_own_takes_its_own_pages,),
)
async def is_own_refuses_other_pages(trial: Trial) -> None:
    """is_own refuses another scheme, another host and another port"""
    for _ in range(ROUNDS):
        host, other = trial.random.sample(HOSTS, 2)
        port = trial.random.randrange(1000, 6000)
        own = f"http://{host}:{port}"
        for stranger in (
            *(f"https://{host}:{port}", f"http://{other}:{port}", f"http://{host}:{port + 1}"),
            *(f"http://{host}", f"http://{host}.evil.example:{port}", f"http://evil{host}:{port}"),
            *(f"http://{host}:{port}0", f"http://{host}:{port // 10}"),
        ):
            await trial.expect(False, "is_own", stranger, own)


@exercise(points=1, hint='None is no browser, "null" is a page without an origin: a stranger.')
async def is_own_without_an_origin(trial: Trial) -> None:
    """is_own takes a program without an origin, and refuses a page with null"""
    for host in HOSTS:
        await trial.expect(True, "is_own", None, f"http://{host}")
        await trial.expect(False, "is_own", "null", f"http://{host}")
