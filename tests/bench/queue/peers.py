"""Job systems that Squall's jobs are measured beside: BullMQ (npm) and Celery (Debian's python3-celery), both on Debian's
Redis, which writes every change to the disk before it answers."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import child

FOLDER = Path(__file__).resolve().parent / "peers"
AT_ONCE = 64  # jobs that BullMQ's worker runs at a time
PYTHON = "/usr/bin/python3"  # Debian's, which knows Debian's packages


def check():
    """Ends the run when something is missing."""
    missing = [name for name in ("redis-server", "node", "npm") if not shutil.which(name)]
    if subprocess.run([PYTHON, "-c", "import celery, redis"], capture_output=True, check=False).returncode != 0:
        missing.append("python3-celery")
    if missing:
        sys.exit(f"missing: {', '.join(missing)} (Debian's redis-server, nodejs, npm and python3-celery), or leave the "
                 "others out with --alone")
    subprocess.run(["npm", "--prefix", FOLDER, "install", "--no-save", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"], check=True)


def bullmq_version():
    return json.loads((FOLDER / "package.json").read_text())["dependencies"]["bullmq"]


def wait_until(happened, what, seconds=30):
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            sys.exit(f"{what} did not start")
        time.sleep(0.05)


@contextlib.contextmanager
def redis(folder):
    """Gives the server's socket. A port of its own choice Redis cannot take."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        socket = Path(home) / "redis.sock"
        with child("redis-server", "--port", "0", "--unixsocket", socket, "--dir", home, "--appendonly", "yes",
                   "--appendfsync", "always", "--save", ""):
            wait_until(socket.exists, "Redis")
            yield socket


def rate(*command, **environment):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=FOLDER,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment})
    if done.returncode != 0:
        sys.exit(f"{command[1]} failed: {done.stderr}{done.stdout}")
    return float(done.stdout), None


def bullmq(folder, producers, seconds):
    with redis(folder) as socket, child("node", FOLDER / "bullmq.mjs", socket, "work", AT_ONCE) as worker:
        worker.stdout.readline()
        return rate("node", "bullmq.mjs", socket, "cycle", producers, seconds)


def celery(folder, producers, seconds):
    with redis(folder) as socket:
        environment = {"REDIS_SOCKET": str(socket)}
        worker = subprocess.Popen(
            [PYTHON, "-m", "celery", "-A", "celery_cycles", "worker", "-c", str(os.cpu_count()), "--loglevel", "ERROR",
             "--without-gossip", "--without-mingle"], cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment})
        try:
            # What is asked before the worker listens waits for it: the first, short round is no part of the figures.
            rate(PYTHON, "celery_cycles.py", 1, 0.5, **environment)
            return rate(PYTHON, "celery_cycles.py", producers, seconds, **environment)
        finally:
            worker.terminate()
            worker.wait(30)
