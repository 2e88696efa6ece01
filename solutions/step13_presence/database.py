import os
from pathlib import Path

from sqlalchemy import URL, Integer, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

HERE = Path(__file__).parent
SQLITE = URL.create("sqlite+aiosqlite", database=str(HERE / "presence.sqlite3"))

engine = create_async_engine(os.environ.get("DATABASE_URL") or SQLITE)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id = mapped_column(Integer, primary_key=True)
    username = mapped_column(String(32), unique=True, nullable=False)

    def as_json(self):
        return {"id": self.id, "username": self.username}


async def lifetime(app):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


async def find_user(username):
    async with new_session() as db:
        return await db.scalar(select(User).where(User.username == username))


async def find_or_create_user(username):
    user = await find_user(username)
    if user is None:
        user = User(username=username)
        try:
            async with new_session.begin() as db:
                db.add(user)
        except IntegrityError:
            # The same name logs in twice at once, and the other request was faster.
            user = await find_user(username)
    return user


async def users_by_ids(ids):
    # One query, however many ids there are: SELECT … WHERE users.id IN (1, 2, 3).
    query = select(User).where(User.id.in_(ids)).order_by(User.username)
    async with new_session() as db:
        return {user.id: user.as_json() for user in await db.scalars(query)}
