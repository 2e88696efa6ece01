import os
from collections.abc import Mapping

import aiohttp_session
import database
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


async def login(request):
    username = await read_username(request)
    if not username or len(username) > LONGEST_NAME or not is_storable(username):
        raise web.HTTPBadRequest(text=f"A name has 1 to {LONGEST_NAME} characters.")
    user = await database.find_or_create_user(username)
    session = await aiohttp_session.new_session(request)
    session["user_id"] = user.id
    return web.json_response(user.as_json())


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


def is_storable(text):
    # No database takes half a character, and PostgreSQL no NUL.
    return "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


async def forget(request):
    session = await aiohttp_session.new_session(request)
    session.invalidate()


async def user_id_of(request):
    try:
        session = await aiohttp_session.get_session(request)
    except ValueError:
        return None  # the cookie is not even text
    return session.get("user_id")
