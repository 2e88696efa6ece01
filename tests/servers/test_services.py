"""A PostgreSQL of the grader's own: started when it is needed, and nothing of it stays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from grader.servers import postgres
from grader.servers.launcher import HostLauncher
from grader.servers.postgres import Postgres
from grader.servers.process import LaunchError
from grader.servers.protocol import Launcher
from grader.servers.services import Services
from grader.servers.warm import WarmHost
from tests.support import is_running, missing_tool, running_children, wait_until

WANTED = {"URL": "postgresql://{postgres}", "OTHER": "{scratch}/file"}


@pytest.fixture
async def launcher() -> AsyncIterator[Launcher]:
    one = HostLauncher(WarmHost(()))
    yield one
    await one.close()


@pytest.fixture
def installed() -> None:
    if not postgres.binaries():
        missing_tool(postgres.MISSING)


def processes() -> set[int]:
    """Those that this test has started and that run."""
    return running_children("postgres")


@pytest.mark.usefixtures("installed")
async def test_each_server_is_given_an_empty_database_whose_statements_are_counted(
    launcher: Launcher,
) -> None:
    services = Services(launcher)
    assert services.missing(WANTED) == ""
    assert processes() == set()
    for _ in range(2):
        async with services.given(WANTED) as given:
            environment, counting = given.environment, given.statements
            assert environment["OTHER"] == WANTED["OTHER"]
            connection = await asyncpg.connect(environment["URL"])
            before = counting.count if counting else -1
            await connection.execute("CREATE TABLE users (id int)")
            for number in range(3):
                await connection.fetch("SELECT $1::int", number)
            assert counting
            assert counting.count == before + 4
            await connection.close()
    assert processes()
    await services.close()
    assert processes() == set()


@pytest.mark.usefixtures("installed")
async def test_nothing_of_it_stays(launcher: Launcher) -> None:
    service = Postgres(launcher)
    await service.database()
    folder = service.folder
    assert folder
    assert folder.is_dir()
    await service.close()
    assert not folder.exists()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where clusters are kept, empty at first."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(postgres, "user_cache_path", lambda _: folder)
    return folder


def kept(cache: Path) -> list[tuple[str, int]]:
    """What is kept there: the path and the time of each file."""
    return sorted((str(one), one.stat().st_mtime_ns) for one in cache.rglob("*"))


def spoil(cache: Path) -> None:
    for kept_version in cache.glob("*/PG_VERSION"):
        kept_version.write_text("1\n", encoding="utf-8")


async def started(launcher: Launcher) -> None:
    service = Postgres(launcher)
    try:
        await service.database()
    finally:
        await service.close()


@pytest.mark.usefixtures("installed")
async def test_a_cluster_is_made_once_and_copied_then(
    launcher: Launcher, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(launcher)
    before = kept(cache)
    assert before
    await started(launcher)
    assert kept(cache) == before


@pytest.mark.usefixtures("installed")
async def test_a_cluster_that_was_made_otherwise_is_replaced(
    launcher: Launcher, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(launcher)
    before = {path for path, _ in kept(cache)}
    monkeypatch.setattr(postgres, "_INITDB", (*postgres._INITDB, "--data-checksums"))
    await started(launcher)
    after = {path for path, _ in kept(cache)}
    assert after
    assert not after & before


@pytest.mark.usefixtures("installed")
async def test_a_kept_cluster_that_does_not_start_is_made_again(
    launcher: Launcher, cache: Path
) -> None:
    await started(launcher)
    spoil(cache)
    with pytest.raises(LaunchError, match="PostgreSQL does not start: "):
        await started(launcher)
    await started(launcher)


@pytest.mark.usefixtures("installed")
async def test_where_nothing_can_be_kept_it_starts_too(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "user_cache_path", lambda _: Path("/dev/null"))
    await started(launcher)


@pytest.mark.usefixtures("installed")
async def test_several_databases_may_be_asked_for_at_once(launcher: Launcher) -> None:
    service = Postgres(launcher)
    given = await asyncio.gather(*(service.database() for _ in range(6)))
    assert len(set(given)) == 6
    await service.close()


@pytest.mark.usefixtures("installed")
async def test_it_ends_with_clients_that_have_not_gone(launcher: Launcher) -> None:
    services = Services(launcher)
    async with services.given(WANTED) as given:
        environment = given.environment
        connection = await asyncpg.connect(environment["URL"])
    await services.close()
    assert processes() == set()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetch("SELECT 1")


@pytest.mark.usefixtures("installed")
async def test_it_does_not_outlive_the_grader() -> None:
    warm = WarmHost(())
    launcher = HostLauncher(warm)
    await Postgres(launcher).database()
    started = processes()
    assert started
    warm.control.close()  # as the death of the grader does
    wait_until(lambda: not any(map(is_running, started | processes())), "the end of PostgreSQL")


async def test_an_application_without_a_database_starts_none(launcher: Launcher) -> None:
    services = Services(launcher)
    async with services.given({"URL": "sqlite:///{scratch}/file"}) as given:
        environment, counting = given.environment, given.statements
        assert (environment["URL"], counting) == ("sqlite:///{scratch}/file", None)
    await services.close()
    assert processes() == set()


async def test_what_is_not_installed_is_named(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "binaries", lambda: None)
    assert Services(launcher).missing(WANTED) == postgres.MISSING
    assert Services(launcher).missing({"URL": "{scratch}"}) == ""


def test_a_server_that_runs_already_is_given_nothing() -> None:
    assert Services(None).missing(WANTED) == "the server runs already"


async def test_a_postgresql_that_does_not_start_says_why(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "initdb"
    broken.write_text("#!/bin/sh\necho no room is left\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(postgres, "binaries", lambda: tmp_path)
    monkeypatch.setattr(postgres.Postgres, "_without_privileges", lambda _: [])
    services = Services(launcher)
    with pytest.raises(LaunchError, match="initdb fails: no room is left"):
        async with services.given(WANTED):
            pass
    await services.close()


@pytest.mark.usefixtures("installed")
async def test_the_time_that_its_processes_wait_for_a_core_is_known(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: dict[int, float] = {}

    def starved(pid: int) -> float:
        waited[pid] = waited.get(pid, 0.0) + 1.0
        return waited[pid]

    services = Services(launcher)
    monkeypatch.setattr("grader.history.patience.starved", starved)
    async with services.given(WANTED) as given:
        assert given.starved() >= len(processes())
        assert processes() <= {*waited}
    await services.close()


@pytest.mark.usefixtures("installed")
async def test_one_that_takes_no_connection_is_no_servers_fault(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Services(launcher)
    monkeypatch.setattr(postgres, "LONGEST", 0.0)
    with pytest.raises(LaunchError) as raised:
        async with services.given(WANTED):
            pass
    assert str(raised.value) == "PostgreSQL takes no connection within 0 s"
    await services.close()
    assert processes() == set()
