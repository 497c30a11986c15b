"""Debian's nginx as an ordinary process in a folder of the test's, on free ports."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from processes import GUARD
from scale import seconds

# tests/run unpacks it here, so that no service is installed.
TOOLS = Path(__file__).resolve().parents[2] / "build" / "tools" / "usr" / "sbin"

CONFIG = """
daemon off;
master_process off;
{user}
pid {folder}/nginx.pid;
lock_file {folder}/nginx.lock;
error_log {folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  default_type text/plain;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  root {folder};
{servers}
}}
"""


def program():
    places = os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(TOOLS)])
    found = shutil.which("nginx", path=places)
    assert found, "nginx is missing; tests/run provides it"
    return found


def free_ports(count):
    """Ports that nobody had a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Nginx:
    """`servers` are the bodies of server blocks, without their listen. Each gets a port, in the
    same order: a pair of a body and a certificate (file and key) listens with TLS and HTTP/2, one
    of a body and None with HTTP/2 alone."""

    def __init__(self, folder, servers, connections=1024):
        self.folder = folder
        self._popen = None
        for _ in range(5):  # another process can take a port before nginx does
            self.ports = free_ports(len(servers))
            self._start(servers, connections)
            if self._answers():
                return
            self.close()
        raise AssertionError(f"nginx does not start: {(folder / 'error.log').read_text()}")

    def _start(self, servers, connections):
        blocks = [block(port, body) for port, body in zip(self.ports, servers)]
        # Otherwise a process of root's would become a user that may not read the folder.
        user = "user root root;" if os.geteuid() == 0 else ""
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=self.folder, user=user, connections=connections,
                                        servers="\n".join(blocks)))
        arguments = ["-p", self.folder, "-c", config, "-e", self.folder / "error.log"]
        self._popen = subprocess.Popen([*GUARD, program(), *arguments], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _answers(self):
        """Until every port takes connections; false when nginx has ended."""
        deadline = time.monotonic() + seconds(10)
        left = list(self.ports)
        while left and self._popen.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", left[0])) == 0:
                    left.pop(0)
                else:
                    time.sleep(0.01)
        return not left and self._popen.poll() is None

    def close(self):
        self._popen.kill()
        self._popen.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def block(port, body):
    if isinstance(body, str):
        return f"server {{ listen 127.0.0.1:{port}; {body} }}"
    text, pair = body
    if pair is None:
        return f"server {{ listen 127.0.0.1:{port} http2; {text} }}"
    certificate, key = pair
    return (f"server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {certificate}; "
            f"ssl_certificate_key {key}; {text} }}")
