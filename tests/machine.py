"""The machine that the tests run on: its browser, its PostgreSQL and curl.

`python -m tests.machine` makes sure that all are there: on Debian as root it installs what is missing, elsewhere it
says what to install.
"""

import atexit
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple, Self

import psycopg
from psycopg.sql import SQL, Identifier, Literal

# The first one is the same engine without the windows around it: a page takes a third less CPU.
CHROMIUM = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
CHROMIUM_APPS = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]


def find_chromium() -> str | None:
    """The system's browser, for Playwright's `executable_path`; Playwright would else look for one of its own."""
    return next((path for path in map(shutil.which, [*CHROMIUM, *CHROMIUM_APPS]) if path), None)


def find_postgres() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version: Debian keeps them off the PATH, one folder a version."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    if newest := max(debian, key=lambda path: float(path.parts[-3]), default=None):
        return newest.parent
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else None


def has_libatomic() -> bool:
    """Playwright's own Node.js needs it and doesn't bring it."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return sys.platform != "linux"
    return True


# Default privileges: whatever `owner` creates later, `app` may use.
RIGHTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO owner;
GRANT USAGE ON SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;
"""


class Database(NamedTuple):
    name: str
    owner_url: str
    app_url: str


class Postgres:
    """A real, throw-away PostgreSQL cluster on a free port of 127.0.0.1, gone when stopped.

    Two roles as in production: `owner` owns every database, schema and table; `app` may only read and write rows.

        with Postgres() as postgres:
            database = postgres.create_database("shop")
            copy = postgres.create_database("copy", template="shop")  # nobody may be connected to the template
    """

    def __init__(self, *, fsync: bool = True) -> None:
        programs = find_postgres()
        if programs is None:
            raise RuntimeError("no PostgreSQL server on this machine: run python -m tests.machine")
        self.programs = programs
        self.fsync = fsync
        self.password = secrets.token_urlsafe(12)
        self.port = 0
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="wenguo-postgres-"))
        self.log = self.folder / "log"
        if self.user:
            shutil.chown(self.folder, self.user, self.user)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        atexit.register(self.stop)  # also when a test run breaks off between start and stop
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        if self.user:
            shutil.chown(password_file, self.user)
        login = ["--username=postgres", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        self._run("initdb", *login, "--encoding=UTF8", "--locale=C")
        self._listen()
        roles = "CREATE ROLE owner LOGIN PASSWORD {0}; CREATE ROLE app LOGIN PASSWORD {0}"
        self._sql("postgres", roles, Literal(self.password))
        return self

    def stop(self) -> None:
        atexit.unregister(self.stop)
        try:
            if (self.folder / "data" / "postmaster.pid").exists():
                self._run("pg_ctl", "stop", "--mode=immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def create_database(self, name: str, template: str | None = None) -> Database:
        """A new database, empty or, with all its tables and rows, a copy of another."""
        new, source = Identifier(name), Identifier(template or "template1")
        # Copied as files: a checkpoint costs next to nothing here, a log of all that is copied would.
        make = "CREATE DATABASE {0} OWNER owner TEMPLATE {1} STRATEGY file_copy"
        self._sql("postgres", make, new, source)
        self._sql("postgres", "REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO app", new)
        if template is None:  # a copy brings them along
            self._sql(name, RIGHTS)
        return Database(name, self._url("owner", name), self._url("app", name))

    def drop_database(self, name: str) -> None:
        """Drops it even while connections to it are open."""
        self._sql("postgres", "DROP DATABASE IF EXISTS {0} WITH (FORCE)", Identifier(name))

    def standby(self, *, fsync: bool | None = None) -> "Postgres":
        """A second server that follows this one by streaming replication, and is told to take over by promote()."""
        made = Postgres(fsync=self.fsync if fsync is None else fsync)
        made.password = self.password
        atexit.register(made.stop)
        made._run(
            "pg_basebackup",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
            f"--dbname={self.url('postgres')}",
        )
        made._listen()
        return made

    def promote(self) -> None:
        """The standby takes over; returns once it takes writes."""
        self._run("pg_ctl", "promote", "--wait")

    def kill(self) -> None:
        """As if the machine were gone: SIGKILL to the server and all its processes, none of which says goodbye."""
        pid_file = self.folder / "data" / "postmaster.pid"
        server = int(pid_file.read_text().split()[0])
        os.kill(server, signal.SIGSTOP)  # so that it can't notice, and end in good order, what happens to the others
        for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split():
            os.kill(int(pid), signal.SIGKILL)
        os.kill(server, signal.SIGKILL)
        while Path(f"/proc/{server}").exists():
            time.sleep(0.01)
        pid_file.unlink()

    def setting(self, name: str, value: str) -> None:
        """Changes a setting of the whole server, at once."""
        self._sql("postgres", "ALTER SYSTEM SET {0} = {1}", Identifier(name), Literal(value))
        self._sql("postgres", "SELECT pg_reload_conf()")

    def url(self, database: str, role: str = "postgres") -> str:
        return self._url(role, database)

    def _listen(self) -> None:
        """Another process may take the free port before PostgreSQL does: then another one is tried."""
        for tries_left in (2, 1, 0):
            self.port = free_port()
            fsync = "on" if self.fsync else "off"
            options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c fsync={fsync}"
            try:
                self._run("pg_ctl", "start", "--wait", f"--log={self.log}", f"--options={options}")
                break
            except RuntimeError:
                if not tries_left:
                    raise

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: the server inherits it, and a pipe would be waited on for as long as the server lives.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.programs / program, "--pgdata", self.folder / "data", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                user=self.user,
                group=self.user,
                extra_groups=() if self.user else None,
            )
            output.seek(0)
            if done.returncode:
                log = self.log.read_text() if self.log.exists() else ""
                raise RuntimeError(f"{program} failed:\n{output.read().decode()}{log}")

    def _sql(self, database: str, statements: str, *names: Identifier | Literal) -> None:
        with psycopg.connect(self._url("postgres", database), autocommit=True) as connection:
            connection.execute(SQL(statements).format(*names))

    def _url(self, role: str, database: str) -> str:
        return f"postgres://{role}:{self.password}@127.0.0.1:{self.port}/{database}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def missing() -> list[str]:
    """The Debian packages that are not there and have to be."""
    there = {
        CHROMIUM[0]: find_chromium(), "postgresql": find_postgres(), "libatomic1": has_libatomic(),
        "curl": shutil.which("curl"),
    }  # fmt: skip
    return [package for package, found in there.items() if not found]


def apt_install(packages: list[str]) -> None:
    install = ["install", "--yes", "--no-install-recommends", *packages]
    done = apt(*install)
    if done.returncode:  # apt's lists of packages may be absent or old
        apt("update")
        done = apt(*install)
    if done.returncode:
        raise SystemExit(done.stdout)


def apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["apt-get", "-o", "DPkg::Lock::Timeout=120", *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def main() -> None:
    packages = missing()
    if not packages:
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"测试还需要 · the tests also need: {', '.join(packages)} (Debian package names)")
    print(f"安装系统软件 · installing {', '.join(packages)} …", flush=True)
    apt_install(packages)
    if still := missing():
        raise SystemExit(f"安装后仍缺 · installed, yet not found: {', '.join(still)}")


if __name__ == "__main__":
    main()
