import os
from collections.abc import Mapping

import aiohttp_session
from aiohttp import web
from aiohttp_session.cookie_storage import EncryptedCookieStorage
from cryptography.fernet import Fernet

LONGEST_NAME = 32


def setup(app):
    key = os.environ.get("SESSION_KEY")
    if not key:
        key = Fernet.generate_key().decode()
        print("SESSION_KEY is not set: the key is new, and all users have to log in again")
    storage = EncryptedCookieStorage(key, cookie_name="session", httponly=True, samesite="Lax")
    aiohttp_session.setup(app, storage)
    app.router.add_post("/login", login)
    # TODO 4: take /logout out. It goes to presence.py, where the sockets are.
    app.router.add_post("/logout", logout)


async def login(request):
    username = await read_username(request)
    # TODO 1: refuse what no database can store, too: see the hints.
    if not username or len(username) > LONGEST_NAME:
        raise web.HTTPBadRequest(text=f"A name has 1 to {LONGEST_NAME} characters.")
    session = await aiohttp_session.new_session(request)
    # TODO 1: find or create the user. Save the id in the session, and not the name. Answer with
    #         the user as JSON.
    session["username"] = username
    raise web.HTTPSeeOther("/")


async def read_username(request):
    try:
        if request.content_type == "application/json":
            data = await request.json()
        else:
            data = await request.post()
    except (ValueError, LookupError, RuntimeError, web.RequestPayloadError):
        return None  # the body is neither JSON nor a form
    username = data.get("username") if isinstance(data, Mapping) else None
    return username.strip() if isinstance(username, str) else None


# TODO 4: make it forget(request), which redirects nobody: presence.py calls it.
async def logout(request):
    session = await aiohttp_session.new_session(request)
    session.invalidate()
    raise web.HTTPSeeOther("/")


# TODO 1: make it user_id_of(request).
async def username_of(request):
    try:
        session = await aiohttp_session.get_session(request)
    except ValueError:
        return None  # the cookie is not even text
    return session.get("username")
