"""Each transformation changes a small source in the one way that it is made for."""

import ast
import difflib
import random
from pathlib import Path

import pytest

from grader.course.course import Step
from grader.dev.variants.making import TRANSFORMS, applied, of_step
from grader.dev.variants.transform import Transform
from tests.support import course

CHAT = """\
def register(sio, online_users, channels):

    @sio.on('new user')
    async def new_user(sid, username):
        online_users[username] = sid
        await sio.save_session(sid, {'username': username})
        await sio.emit('new user', username)

    @sio.on('new message')
    async def new_message(sid, data):
        channels[data['channel']].append({'sender': data['sender'], 'message': data['message']})
        await sio.emit('new message', data, room=data['channel'])

    @sio.on('user changed channel')
    async def change_channel(sid, name):
        await sio.enter_room(sid, name)
        data = {'channel': name, 'messages': channels[name]}
        await sio.emit('user changed channel', data, to=sid)

    @sio.event
    async def disconnect(sid, reason):
        session = await sio.get_session(sid)
        if session.get('username') in online_users:
            await sio.emit('user has left', online_users)
"""
APP = """\
import chat
online_users = {}
chat.register(sio, online_users, {})
web.run_app(app, port=int(os.environ.get('PORT', '3000')))
"""
GOLDEN = Path(__file__).with_name("transforms.txt")
NAMES = [one.name for one in TRANSFORMS]
SERVERS = [step for step in course().steps if 4 <= step.number <= 12]


def difference(one: Transform) -> str:
    """What a transformation changes in these sources, as lines with + and -."""
    files = {"app.py": APP, "chat.py": CHAT}
    done, after = applied(files, [one], random.Random(1))
    assert done == [one]
    lines: list[str] = []
    for path in sorted({*files, *after}):
        if after[path] == files.get(path):
            continue
        before = ast.unparse(ast.parse(files.get(path, ""))).splitlines()
        lines += difflib.unified_diff(before, after[path].splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def test_each_changes_what_it_is_made_for(*, rewrite: bool) -> None:
    made = {one.name: difference(one) for one in TRANSFORMS}
    if rewrite:
        text = "".join(f"=== {name}\n{text}\n\n" for name, text in made.items())
        GOLDEN.write_text(text, encoding="utf-8")
        pytest.skip("they are rewritten")
    parts = GOLDEN.read_text(encoding="utf-8").split("=== ")[1:]
    assert made == {part.partition("\n")[0]: part.partition("\n")[2].rstrip() for part in parts}


def test_names_and_sentences_are_of_their_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(one.sentence.endswith(".") for one in TRANSFORMS)


def test_variants_are_the_same_for_a_seed_and_others_for_another() -> None:
    (step,) = (step for step in SERVERS if step.number == 7)
    assert of_step(step, 5, 1) == of_step(step, 5, 1)
    assert of_step(step, 5, 1) != of_step(step, 5, 2)


@pytest.mark.parametrize("step", SERVERS, ids=lambda step: str(step.number))
def test_each_variant_is_another_program(step: Step) -> None:
    variants = of_step(step, 20, 3)
    assert len(variants) == 20
    assert len({one.case.changes for one in variants}) == 20


def test_every_transformation_fits_some_solution() -> None:
    used = {
        name for step in SERVERS for one in of_step(step, 40, 5) for name in one.operator.split("+")
    }
    assert used == set(NAMES)
