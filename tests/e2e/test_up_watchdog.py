"""squall up --watchdog: a process that hangs is killed and started again; none that is well is."""

import os
import re
import signal
import time

from cluster import eventually
from deployment import deploy  # noqa: F401  (a fixture)
from scale import seconds

MANIFEST = """\
apiVersion: squall/v1
name: test
gateways:
  - name: gateway
    listen: @LISTEN@
    cluster: @CLUSTER@
    store: "memory:"
workers:
  - name: w
    replicas: 2
    pools: {prime: 2}
"""
LIMIT = seconds(2_000)  # milliseconds


def test_a_worker_that_hangs_is_killed_and_comes_back(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up("--watchdog", f"{LIMIT}ms")
    before = deployment.pids()
    os.kill(before["w-1"], signal.SIGSTOP)
    supervisor.err.wait_for(rf"w-1 hangs: it has said nothing for {LIMIT} ms", seconds(20))
    os.kill(before["w-1"], signal.SIGCONT)  # now SIGABRT ends it
    supervisor.err.wait_for(r"w-1 ended unexpectedly: killed by signal 6")
    deployment.until_ready("w-1", besides=before["w-1"])
    after = deployment.pids()
    assert (after["gateway-1"], after["w-2"]) == (before["gateway-1"], before["w-2"])
    assert len(re.findall("hangs", supervisor.err.text())) == 1


def test_one_that_does_not_heed_sigabrt_is_killed_all_the_same(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up("--watchdog", f"{LIMIT}ms")
    supervisor.kill()
    pid = deployment.pids()["w-2"]
    os.kill(pid, signal.SIGSTOP)
    supervisor = deployment.up()  # another time holds for those that it starts itself
    supervisor.err.wait_for(r"w-2 hangs", seconds(20))
    supervisor.err.wait_for(r"w-2 has not ended of SIGABRT .* killed \(SIGKILL\)", seconds(20))
    supervisor.err.wait_for(r"w-2 ended unexpectedly")
    deployment.until_ready("w-2", besides=pid)


def test_a_supervisor_that_stood_still_kills_none_that_is_well(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up("--watchdog", f"{LIMIT}ms")
    before = deployment.pids()
    supervisor.send_signal(signal.SIGSTOP)
    time.sleep(3 * LIMIT / 1_000)  # what is tested is that time
    supervisor.send_signal(signal.SIGCONT)
    assert deployment.pids() == before
    # It goes on to look: this is not because it would have left off.
    os.kill(before["w-1"], signal.SIGSTOP)
    supervisor.err.wait_for(r"w-1 hangs", seconds(20))
    os.kill(before["w-1"], signal.SIGKILL)
    eventually(lambda: deployment.pids().get("w-1"), seconds(20), "w-1 is there again")
    assert deployment.pids()["w-2"] == before["w-2"]
    assert len(re.findall("hangs", supervisor.err.text())) == 1


def test_without_a_watchdog_none_is_killed(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up("--watchdog", "0s")
    environment = open(f"/proc/{deployment.pids()['w-1']}/environ", encoding="utf-8").read()
    assert "NOTIFY_SOCKET=" in environment and "WATCHDOG" not in environment
