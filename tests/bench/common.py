"""What the benchmarks that start servers have in common."""

import contextlib
import os
import platform
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "bench" / "RESULTS.md"
PACKAGES = ["libcaf-dev", "libboost1.??-dev", "python3-tornado", "g++"]


@contextlib.contextmanager
def child(*command):
    """A process with its output; ended by its pid."""
    running = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextlib.contextmanager
def process(*command, first_line=True):
    """The first line of output of a child."""
    with child(*command) as running:
        yield running.stdout.readline().strip() if first_line else ""


def ports(line):
    """`listening on HOST:PORT (clients), HOST:PORT (cluster)`"""
    return [part.split()[0] for part in line.removeprefix("listening on ").split(", ")]


def wait_for_slot(build, clients, kind, params):
    """Until a call is answered; each try waits for the gateway's own answer."""
    for _ in range(200):
        done = subprocess.run([build / "squall", "call", kind, params, "--url", f"http://{clients}"],
                              capture_output=True, check=False)
        if done.returncode == 0:
            return
    sys.exit("the worker did not join")


def machine(build, *packages):
    """One line about where the figures come from."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    system = next(line.split("=")[1].strip('"') for line in Path("/etc/os-release").read_text().splitlines()
                  if line.startswith("PRETTY_NAME"))
    version = subprocess.run([build / "squall", "--version"], capture_output=True, text=True, check=True).stdout
    known = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\n", *PACKAGES, *packages],
                           capture_output=True, text=True, check=False).stdout.splitlines()
    installed = [line.removeprefix("installed ") for line in known if line.startswith("installed ")]
    return f"{os.cpu_count()} cores ({model}), {system}; {version.strip()}; {', '.join(installed)}"


def priority():
    """How a sentence about the machine ends: `chrt -r 1 tests/bench/...`, where it has other things to do."""
    return "" if os.sched_getscheduler(0) == os.SCHED_OTHER else ", all with priority over whatever else ran there"


def keep(title, text):
    """Puts a section into tests/bench/RESULTS.md, in the place of the one with the same title."""
    old = RESULTS.read_text() if RESULTS.exists() else ""
    sections = dict(re.findall(r"^# ([^\n]+)\n(.*?)(?=^# |\Z)", old, re.MULTILINE | re.DOTALL))
    sections[title] = text
    RESULTS.write_text("\n".join(f"# {name}\n\n{body.strip()}\n" for name, body in sections.items()))
