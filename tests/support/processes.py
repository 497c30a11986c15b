"""Processes of the program under test. None of them outlives the test, whatever happens."""

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from scale import seconds

BINARY = os.environ.get("SQUALL_BIN", "")
OTHER_VERSION_WORKER = os.environ.get("SQUALL_OTHER_VERSION_WORKER", "")
REPORT = re.compile(r"ERROR: \w+Sanitizer|: runtime error: |WARNING: ThreadSanitizer")

# In front of a command: it dies with the thread that started it.
GUARD = ("setpriv", "--pdeathsig", "KILL", "--")


# Of gateways that are told no store: not the user's own state, and gone with this process.
STATE = tempfile.TemporaryDirectory(prefix="squall-state-")


def clean_environment():
    """This process's, without what sets flags of the program or says where the user's state is."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SQUALL_")}
    return {**kept, "STATE_DIRECTORY": STATE.name}


class Output:
    """The lines of one stream, collected by a thread."""

    def __init__(self, stream):
        self._stream = stream
        self._lines = []
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        for line in self._stream:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, pattern, timeout=None):
        """The first line that matches; fails when the stream ends or the time is over before."""
        deadline = time.monotonic() + (timeout or seconds(10))
        seen = 0
        with self._changed:
            while True:
                for line in self._lines[seen:]:
                    if match := re.search(pattern, line):
                        return match
                seen = len(self._lines)
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    raise AssertionError(f"no line matches {pattern!r} in:\n{self.text()}")
                self._changed.wait(left)

    def text(self):
        with self._changed:
            return "\n".join(self._lines)

    def close(self):
        self._thread.join(timeout=5)
        self._stream.close()


@contextlib.contextmanager
def handed_over(sockets):
    """A command's front that passes it these sockets as a service manager does, and the
    descriptors that it needs for that: as 3 and the next, with LISTEN_FDS and LISTEN_PID."""
    copies = [fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 100) for s in sockets]
    moves = " ".join(f"{3 + i}<&{copy} {copy}<&-" for i, copy in enumerate(copies))
    script = f'export LISTEN_FDS={len(copies)} LISTEN_PID=$$; exec "$@" {moves}'
    try:
        yield (("bash", "-c", script, "bash") if copies else ()), copies
    finally:
        for copy in copies:
            os.close(copy)


class Process:
    """One `squall` with its arguments. Start it on a thread that lives as long as the test. It gets
    `environment` besides the test's own, and listening `sockets` as a service manager passes them."""

    def __init__(self, *arguments, binary=BINARY, environment=None, sockets=()):
        self.arguments = arguments
        with handed_over(sockets) as (front, descriptors):
            self._start([*GUARD, *front, binary, *arguments], environment or {}, descriptors)

    def _start(self, command, environment, descriptors):
        self._popen = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**clean_environment(), **environment},
            pass_fds=descriptors,
            start_new_session=True,
        )
        self.pid = self._popen.pid
        self.out = Output(self._popen.stdout)
        self.err = Output(self._popen.stderr)
        self._shot = False

    def is_running(self):
        return self._popen.poll() is None

    def send_signal(self, number):
        self._popen.send_signal(number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def stop(self):
        self.send_signal(signal.SIGSTOP)

    def resume(self):
        self.send_signal(signal.SIGCONT)

    def kill(self):
        """Ends it at once, as a crash or the system would."""
        self._shot = True
        self._popen.kill()
        self._popen.wait()

    def wait(self, timeout=None):
        """The exit code; fails when it does not end in time."""
        try:
            return self._popen.wait(timeout or seconds(10))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self} has not ended; its log:\n{self.err.text()}") from None

    def resident_bytes(self):
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def close(self):
        """Ends it, if need be; says what was wrong with it, if anything was."""
        ended = self._popen.poll()
        if ended is None:
            self.kill()
        self.out.close()
        self.err.close()
        crashed = not self._shot and ended is not None and ended < 0
        crashed = crashed and ended not in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGKILL)
        if crashed or REPORT.search(self.err.text()):
            return f"{self} ended with {ended}; its log:\n{self.err.text()}"
        return None

    def __str__(self):
        return "squall " + " ".join(self.arguments)


def run(*arguments, text="", timeout=None, environment=None):
    """Runs `squall` to its end: exit code, stdout and stderr, as of `subprocess.run`."""
    return subprocess.run(
        [*GUARD, BINARY, *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=timeout or seconds(30),
        env={**clean_environment(), **(environment or {})},
        check=False,
    )
