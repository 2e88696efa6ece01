"""A server that runs already: whether it can be graded, by us alone."""

import contextlib
import hashlib
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from grader.running.refused import Refused, Unable

try:
    import fcntl
except ImportError:  # on Windows two graders at one server are not noticed
    fcntl = None  # type: ignore[assignment]

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2.0  # seconds to be let in


@contextlib.contextmanager
def graded_alone(url: str) -> Iterator[None]:
    """Meanwhile no other grader of this user takes the server for its own.

    Their clients would hear each other. Raises Refused where it is no URL, and Unable where nobody
    answers, or another grader is there.
    """
    scheme, host, port = _parts(url)
    try:
        with socket.create_connection((host, port), timeout=_LONGEST) as connected:
            address = connected.getpeername()[0]
            if scheme == "https":
                _speaks_tls(connected, host, url)
    except UnicodeError:
        raise _no_url(url) from None
    except OSError:
        raise Unable(f"nobody answers at {url}: start the server first") from None
    with _alone(f"{address} {port}") as alone:
        if not alone:
            raise Unable(f"another grader is at {url}: wait until it is done")
        yield


def _parts(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _no_url(url) from None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0 or " " in url:
        raise _no_url(url)
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _no_url(url: str) -> Refused:
    return Refused(f"{url} is no URL of a server: write for example http://127.0.0.1:3000")


def _speaks_tls(connected: socket.socket, host: str, url: str) -> None:
    """Raises Unable where the server does not, or its certificate is not to be trusted."""
    try:
        ssl.create_default_context().wrap_socket(connected, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        raise Unable(
            f"the certificate of {url} is not trusted here: {error.verify_message}"
        ) from None
    except OSError:
        plain = url.replace("https", "http", 1)
        raise Unable(f"the server at {url} speaks no https: write {plain}") from None


@contextlib.contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether we are the only one who holds this name; hold it meanwhile."""
    if fcntl is None:
        yield True
        return
    digest = hashlib.sha256(f"{os.getuid()} {name}".encode()).hexdigest()[:16]
    file = Path(tempfile.gettempdir(), f"grader-url-{digest}")
    with file.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        if not os.fstat(held.fileno()).st_nlink:  # the run that held it has just ended
            yield False
            return
        try:
            yield True
        finally:
            file.unlink(missing_ok=True)
