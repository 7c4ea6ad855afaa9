"""A PostgreSQL server of its own for the tests, or the one that `CHAT_TEST_POSTGRES_URL` names."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from chatcore.storage.server.database import engine_url
from tests.support.app_process import free_port

DEBIAN = Path("/usr/lib/postgresql")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def postgres_folder() -> Path:
    """Where PostgreSQL's programs are. Raises RuntimeError where there are none."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise RuntimeError("PostgreSQL is not installed. Install it, or set CHAT_TEST_POSTGRES_URL to a server for tests.")


class Postgres:
    """A server with an empty database, as a context manager. The database can go away and come back.

    A server of its own listens on a free port of this machine, asks for a random password, and runs as another user
    where the tests run as root, which PostgreSQL refuses.
    """

    def __init__(self) -> None:
        given = os.environ.get("CHAT_TEST_POSTGRES_URL")
        self._given = make_url(engine_url(given)) if given else None
        self._database = f"chatcore_test_{secrets.token_hex(4)}"

    @property
    def url(self) -> str:
        """The address of the database, as SQLAlchemy takes it."""
        return self._server.set(database=self._database).render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        with ExitStack() as ends:
            self._server = self._given or self._make(ends)
            self._admin("CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0")
            if self._given:
                ends.callback(self._admin, "DROP DATABASE {database} WITH (FORCE)")
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def stop(self) -> None:
        """The database is away at once, whoever is connected."""
        if self._given:
            self._admin("ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false")
            self._admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {name}")
        elif self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=20)

    def start(self) -> None:
        """The database answers again."""
        if self._given:
            self._admin("ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true")
            return
        with self._log.open("ab") as log:
            command = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), "-p", str(self._server.port)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as)
        deadline = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(_plain(self._server), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make(self, ends: ExitStack) -> URL:
        """Start a server in a folder that only its user can read. `ends` stops it and leaves nothing."""
        self._programs, password = postgres_folder(), secrets.token_urlsafe(16)
        self._folder = Path(tempfile.mkdtemp(prefix="chatcore-postgres-"))
        ends.callback(shutil.rmtree, self._folder)
        self._log, secret, data = self._folder / "log", self._folder / "password", self._folder / "data"
        secret.write_text(password)
        self._as: dict[str, Any] = {"cwd": self._folder, "stdin": subprocess.DEVNULL}
        if os.geteuid() == 0:
            user = _unprivileged()
            self._as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            for path in (self._folder, secret):
                os.chown(path, user.pw_uid, user.pw_gid)
        command = [str(self._programs / "initdb"), f"--pgdata={data}", "--username=tests", f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, **self._as)
        if made.returncode:
            raise RuntimeError(f"PostgreSQL could not make a database:\n{made.stdout}{made.stderr}")
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        self._server = URL.create("postgresql+psycopg", "tests", password, "127.0.0.1", free_port(), "postgres")
        ends.callback(self.stop)
        self.start()
        return self._server

    def _admin(self, statement: str) -> None:
        """Run a statement on the server, with the name of the database in it."""
        with psycopg.connect(_plain(self._server), autocommit=True) as admin:
            names = {"database": sql.Identifier(self._database), "name": sql.Literal(self._database)}
            admin.execute(sql.SQL(statement).format(**names))


def _plain(url: URL) -> str:
    """As psycopg itself takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
