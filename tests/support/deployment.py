"""Deployments that `squall up` brings up: a manifest and a run directory of their own. None of their
processes outlives the test, whatever happens."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from cluster import Gateway, eventually
from processes import BINARY, GUARD, Process, clean_environment
from scale import seconds


def free_ports(count):
    """As many ports that follow each other; below those that the system gives away by itself."""
    while True:
        first = random.randrange(20000, 32000 - count)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                listener = stack.enter_context(socket.socket())
                listener.bind(("127.0.0.1", port))
            return list(range(first, first + count))


class Entrance(Gateway):
    """A deployment's address for clients; which process answers there changes."""

    def __init__(self, port):
        self.port = port
        self.ports = (port, 0)


class Deployment:
    """One manifest, with @LISTEN@ and @CLUSTER@ in the place of free addresses, @FOLDER@ in that of
    a folder for its files."""

    def __init__(self, text):
        # A socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="squall-up-"))
        self.runs = self.folder / "runs"
        self.file = self.folder / "test.yaml"
        self.binary = BINARY
        self.port, *cluster = free_ports(4)
        self.cluster_port = cluster[0]
        self.entrance = Entrance(self.port)
        self.write(text)
        self._started = []

    def write(self, text):
        text = text.replace("@LISTEN@", f"127.0.0.1:{self.port}")
        text = text.replace("@CLUSTER@", f"127.0.0.1:{self.cluster_port}")
        self.file.write_text(text.replace("@FOLDER@", str(self.folder)))

    def edit(self, old, new):
        text = self.file.read_text()
        assert old in text, f"{old!r} is not in:\n{text}"
        self.file.write_text(text.replace(old, new))

    def own_binary(self):
        """It runs a copy of the program, which the test may replace."""
        self.binary = str(self.folder / "squall")
        shutil.copy(BINARY, self.binary)

    def up(self, *flags):
        """`squall up` in the foreground, until all is ready."""
        supervisor = self.start(*flags)
        try:
            supervisor.out.wait_for(r"Ctrl-C drains", seconds(60))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{supervisor.err.text()}") from None
        return supervisor

    def start(self, *flags):
        """`squall up`, however it goes."""
        return self.start_command("up", *flags, str(self.file))

    def start_command(self, *arguments):
        process = Process(*arguments, "--run-directory", str(self.runs), binary=self.binary)
        self._started.append(process)
        return process

    def run(self, *arguments, timeout=60):
        """Another command, to its end."""
        return subprocess.run(
            [*GUARD, self.binary, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds(timeout),
            env={**clean_environment(), "SQUALL_RUN_DIRECTORY": str(self.runs)},
            check=False,
        )

    def done(self, *arguments):
        """What a command says that succeeds."""
        ended = self.run(*arguments)
        assert ended.returncode == 0, f"{arguments}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def apply(self, *flags):
        return self.done("apply", *flags, str(self.file))

    def ps(self):
        """The processes by name."""
        return {each["name"]: each for each in json.loads(self.done("ps", "--json"))["processes"]}

    def pids(self):
        return {name: each["pid"] for name, each in self.ps().items()}

    def until_ready(self, name, besides=0, timeout=20):
        """Waits until the process is ready, with another pid than `besides`; gives it."""

        def ready():
            process = self.ps().get(name)
            good = process and process["state"] == "ready" and process["pid"] != besides
            return process if good else None

        return eventually(ready, seconds(timeout), f"{name} is ready")

    def log(self, process):
        return next(self.runs.glob(f"*/logs/{process}.log")).read_text(errors="replace")

    def left(self):
        """Processes that name the folder in their command line."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if int(entry.name) != os.getpid() and str(self.folder) in (
                    entry / "cmdline"
                ).read_text(errors="replace"):
                    found.append(int(entry.name))
        return found

    def close(self):
        faults = [fault for process in self._started if (fault := process.close())]
        for pid in self.left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not self.left(), seconds(10), "the deployment is gone")
        shutil.rmtree(self.folder, ignore_errors=True)
        assert not faults, "\n".join(faults)


@pytest.fixture
def deploy():
    """Makes deployments from manifests."""
    made = []

    def make(text):
        made.append(Deployment(text))
        return made[-1]

    try:
        yield make
    finally:
        for each in made:
            each.close()
