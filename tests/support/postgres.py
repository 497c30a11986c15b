"""A PostgreSQL server of the tests' own: in a temporary folder, on a unix socket alone. None of its
processes outlives the one that started it, whatever happens.

As a program: keeps a server until its standard input ends, and writes its URL once it can be used.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from processes import Output
from scale import seconds

USER = "squall"  # to the server, whatever user the tests run as
GUARDED = "guarded"  # a role of this name needs a password; all others are trusted

SETTINGS = {
    "listen_addresses": "",
    "lc_messages": "C",  # Output waits for one of them
    "max_connections": "100",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Shared memory in the folder, so that it goes with the folder however the server ends.
    "dynamic_shared_memory_type": "mmap",
}
FAST = {"fsync": "off", "full_page_writes": "off"}


def programs():
    """The folder with the newest server's programs."""
    places = [place.parent for place in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    assert places, "PostgreSQL's server is missing in /usr/lib/postgresql; tests/run provides it"
    return max(places, key=lambda place: float(place.parent.name))


def server_user():
    """Of whom the server is: it refuses to be root's. Nothing: of whoever runs the tests."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def as_server_user(user, *command):
    """The command, to be run as that user. It ends with the thread that starts it, and before puts
    away what it has."""
    change = ()
    if user:
        change = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return ["setpriv", *change, "--pdeathsig", "QUIT", "--", *command]


def children_of(pid):
    """Those that it has now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # Behind the name, which may have any character: the state and the parent.
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue  # it has just ended
        if int(parent) == pid:
            found.append(int(entry.name))
    return found


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Postgres:
    """A running server with an empty cluster. Only one that is `durable` waits for the disk."""

    def __init__(self, durable=False, parent="/tmp", **settings):
        self._bin = programs()
        self._user = server_user()
        self._settings = {**SETTINGS, **({} if durable else FAST), **settings}
        self._names = itertools.count(1)
        self._popen = None
        # A socket's path must be short, and the server's user must be able to get there.
        self.folder = Path(tempfile.mkdtemp(prefix="squall-postgres-", dir=parent))
        try:
            self._make()
            self.start()
        except BaseException:
            self.close()
            raise

    def _make(self):
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        done = self._run(
            *as_server_user(self._user, self._bin / "initdb", "--pgdata", self._data),
            *("--username", USER, "--auth", "trust", "--locale", "C", "--encoding", "UTF8"),
            *("--wal-segsize", "1", "--no-sync", "--no-instructions"),
        )
        assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {GUARDED} scram-sha-256\n{rules.read_text()}")

    @property
    def _data(self):
        return self.folder / "data"

    def _run(self, *command):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env=environment,
            check=False,
        )

    def start(self):
        """Until it can be used: after a crash it mends what is there first."""
        flags = [f"--{name}={value}" for name, value in self._settings.items()]
        program = [self._bin / "postgres", "-D", self._data, "-k", self.folder]
        self._popen = subprocess.Popen(
            as_server_user(self._user, *program, *flags),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the tests, which then stop it
        )
        self._log = Output(self._popen.stderr)
        self._log.wait_for("database system is ready to accept connections", seconds(60))

    def stop(self, how=signal.SIGINT):
        """Ends all its connections, then it in good order; with SIGQUIT at once."""
        if self._popen:
            self._popen.send_signal(how)
            self._popen.wait(seconds(60))
            self._ended()

    def kill(self):
        """Ends all its processes at the same moment, as when the machine loses power."""
        postmaster = self._popen.pid
        self._popen.send_signal(signal.SIGSTOP)  # it starts no more of them
        others = children_of(postmaster)
        for pid in [*others, postmaster]:
            os.kill(pid, signal.SIGKILL)
        self._popen.wait()
        while any(is_there(pid) for pid in others):
            time.sleep(0.001)
        self._ended()

    def _ended(self):
        self._popen = None
        self._log.close()

    @contextlib.contextmanager
    def frozen(self):
        """It is there, and answers nothing."""
        self._popen.send_signal(signal.SIGSTOP)
        others = children_of(self._popen.pid)
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in [*others, self._popen.pid]:
                os.kill(pid, signal.SIGCONT)

    def url(self, database="postgres", user=USER):
        return f"postgres:///{database}?host={quote(str(self.folder), safe='')}&user={user}"

    def create(self):
        """The name of a new, empty database."""
        name = f"d{next(self._names)}"
        self.sql(f"CREATE DATABASE {name}")
        return name

    def sql(self, text, database="postgres"):
        """Runs one statement; the rows that it gives, their columns parted by |."""
        done = self._run(
            *(self._bin / "psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1"),
            *("-c", text, self.url(database)),
        )
        assert done.returncode == 0, f"{text}: {done.stderr}"
        return done.stdout.splitlines()

    def log(self):
        return self._log.text()

    def close(self):
        if not self._popen and (self._data / "postmaster.pid").exists():
            self.start()  # it alone puts away what it left in the kernel when it was killed
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        server = Postgres()
    except AssertionError as error:
        sys.exit(f"no PostgreSQL for the tests: {error}")
    with server:
        print(server.url(), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
