"""The service manager's side of sd_notify(3): a datagram socket that gathers what a process says."""

import contextlib
import re
import socket
import tempfile
import threading
import time

from scale import seconds


class Notices:
    """What came so far, one entry a line; `environment` makes a process speak here."""

    def __init__(self, folder):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"{folder}/notify")
        self.environment = {"NOTIFY_SOCKET": f"{folder}/notify"}
        self._lines = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._gather, daemon=True)
        self._thread.start()

    def _gather(self):
        while message := self._socket.recv(65536):
            with self._changed:
                self._lines += message.decode().splitlines()
                self._changed.notify_all()

    def lines(self):
        with self._changed:
            return list(self._lines)

    def wait_for(self, pattern, behind=0, timeout=10):
        """The place behind the first line that matches, of those from place `behind` on."""
        deadline = time.monotonic() + seconds(timeout)
        with self._changed:
            while True:
                for place in range(behind, len(self._lines)):
                    if re.fullmatch(pattern, self._lines[place]):
                        return place + 1
                left = deadline - time.monotonic()
                assert left > 0, f"no {pattern!r} in {self._lines[behind:]}"
                self._changed.wait(left)

    def close(self):
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()


@contextlib.contextmanager
def service_manager():
    with tempfile.TemporaryDirectory(prefix="squall-notify-") as folder:
        with contextlib.closing(Notices(folder)) as notices:
            yield notices
