"""Logs of squall up do not grow without end, and lose nothing."""

import os
import signal

from cluster import eventually
from deployment import deploy  # noqa: F401  (a fixture)
from scale import seconds

MANIFEST = """\
apiVersion: squall/v1
name: test
logging: {max_size: 64KiB}
gateways:
  - name: gateway
    listen: @LISTEN@
    cluster: @CLUSTER@
    store: "memory:"
workers:
  - name: w
    pools: {prime: 2}
"""
LINES = [f"line {number}" for number in range(10_000)]


def fill(log):
    """As if the process had said so much itself: its file is open for adding to it."""
    with log.open("a", encoding="utf-8") as file:
        file.write("\n".join(LINES) + "\n")


def until_full(log):
    """Waits until the process has turned to a fresh file; gives what is in the one before."""
    old = log.with_name(log.name + ".1")
    eventually(old.exists, seconds(10), f"{old} is there")
    return old.read_text(encoding="utf-8")


def test_a_log_that_is_full_is_put_aside_also_without_a_supervisor(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up()
    following = deployment.start_command("logs", "-f", "w-1")
    following.out.wait_for("joined")
    supervisor.kill()
    log = deployment.runs / "test" / "logs" / "w-1.log"
    before = log.read_text(encoding="utf-8")
    fill(log)
    assert until_full(log) == before + "\n".join(LINES) + "\n"
    os.kill(deployment.pids()["w-1"], signal.SIGTERM)
    following.out.wait_for("draining")
    assert "draining" in log.read_text(encoding="utf-8")
    # Whoever followed it has seen every line once, and whoever asks now sees both files.
    assert [each for each in following.out.text().split("\n") if each.startswith("line ")] == LINES
    shown = deployment.done("logs", "-n", "9000", "w-1")
    assert LINES[-1] in shown and "draining" in shown and LINES[0] + "\n" not in shown


def test_a_supervisor_in_the_background_keeps_its_own_log_in_bounds(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.done("up", "-d", str(deployment.file))
    log = deployment.runs / "test" / "logs" / "supervisor.log"
    fill(log)
    assert LINES[-1] in until_full(log)
    os.kill(deployment.pids()["w-1"], signal.SIGKILL)
    eventually(
        lambda: "w-1 ended unexpectedly" in log.read_text(encoding="utf-8"),
        seconds(10),
        "it goes on in the fresh file",
    )
    deployment.done("down")
