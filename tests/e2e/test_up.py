"""squall up, ps, logs, scale and down: a deployment of one machine from its manifest."""

import os
import re
import signal
import socket

import pytest

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
NAMES = {"gateway-1", "w-1", "w-2"}


def is_prime(deployment):
    return deployment.entrance.call("prime", {"n": 97}).json()


def test_up_starts_all_and_ctrl_c_drains_workers_then_gateways(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up()
    said = supervisor.out.text()
    assert f"http://127.0.0.1:{deployment.port}" in said
    assert len(re.findall(r"ready in \d+ ms", said)) == 3
    assert is_prime(deployment)["prime"]
    processes = deployment.ps()
    assert set(processes) == NAMES
    assert all(each["state"] == "ready" and each["memory_bytes"] for each in processes.values())
    table = deployment.done("ps")
    assert re.search(r"NAME +ROLE +STATE +PID +UPTIME +RESTARTS +MEMORY +STATUS", table)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(seconds(30)) == 0
    supervisor.out.wait_for("is down")  # the last line that it prints
    ended = re.findall(r"^(\S+) +ended", supervisor.out.text(), re.MULTILINE)
    assert len(ended) == 3 and ended[2] == "gateway-1", ended
    assert not deployment.left()
    assert "no deployment is up" in deployment.run("ps").stderr
    assert "gateway" in deployment.done("logs", "gateway")  # they are kept


def test_a_worker_that_is_killed_comes_back(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up()
    pid = deployment.pids()["w-1"]
    os.kill(pid, signal.SIGKILL)
    again = deployment.until_ready("w-1", besides=pid)
    assert again["restarts"] == 1
    supervisor.err.wait_for(r"w-1 ended unexpectedly: killed by signal 9")
    deployment.entrance.wait_for_workers("w-1", "w-2")


def test_a_supervisor_that_is_killed_leaves_all_and_the_next_one_goes_on(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up().kill()
    before = deployment.pids()
    assert set(before) == NAMES
    assert {each["state"] for each in deployment.ps().values()} == {"unsupervised"}
    assert is_prime(deployment)["prime"]
    os.kill(before["w-2"], signal.SIGKILL)
    supervisor = deployment.up()
    after = deployment.pids()
    assert after["gateway-1"] == before["gateway-1"] and after["w-1"] == before["w-1"]
    assert after["w-2"] not in (0, before["w-2"])
    # It has the socket: while no gateway is there, clients wait.
    os.kill(after["gateway-1"], signal.SIGKILL)
    with socket.create_connection(("127.0.0.1", deployment.port), seconds(5)):
        deployment.until_ready("gateway-1", besides=after["gateway-1"])
    supervisor.terminate()
    assert supervisor.wait(seconds(30)) == 0
    assert not deployment.left()


def test_what_a_killed_supervisor_left_can_be_taken_down(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up().kill()
    assert "test is down" in deployment.done("down")
    assert not deployment.left()


def test_a_deployment_in_the_background(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    said = deployment.done("up", "-d", str(deployment.file))
    assert "squall down" in said
    assert is_prime(deployment)["prime"]
    second = deployment.run("up", str(deployment.file))
    assert second.returncode == 1 and "is up already" in second.stderr
    assert "squall apply" in second.stderr
    deployment.done("scale", str(deployment.file), "w=3")
    deployment.entrance.wait_for_workers("w-1", "w-2", "w-3")
    deployment.done("scale", "test", "w=1")
    assert set(deployment.ps()) == {"gateway-1", "w-1"}
    wrong = deployment.run("scale", "test", "v=1")
    assert wrong.returncode == 1 and "gateway, w" in wrong.stderr
    assert len(deployment.done("logs", "-n", "1", "w-1").splitlines()) == 1
    assert re.search(r"^w-1 +\| ", deployment.done("logs"), re.MULTILINE)
    assert "test is down" in deployment.done("down", str(deployment.file))
    eventually(lambda: not deployment.left(), seconds(5), "the supervisor has gone, too")


def test_logs_follow(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up()
    following = deployment.start_command("logs", "-f", "w-1")
    following.out.wait_for(r"joined")  # what there was
    os.kill(deployment.pids()["w-1"], signal.SIGTERM)
    following.out.wait_for(r"draining")


def test_what_is_stopped_while_it_comes_up_has_failed(deploy):  # noqa: F811
    nowhere = "replicas: 2\n    join: ['127.0.0.1:9']\n    resources: {memory: 64MiB}"
    deployment = deploy(MANIFEST.replace("replicas: 2", nowhere))
    supervisor = deployment.start()
    supervisor.out.wait_for("w: its resources are not enforced here")
    supervisor.out.wait_for(r"w-2 +starting", seconds(20))
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(seconds(30)) == 1
    supervisor.out.wait_for("stopped before all of it was up")
    assert not deployment.left()


def test_a_second_signal_ends_all_at_once(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up()
    worker = deployment.pids()["w-1"]
    os.kill(worker, signal.SIGSTOP)  # it will not drain
    supervisor.terminate()
    supervisor.out.wait_for("a second signal")
    supervisor.terminate()
    assert supervisor.wait(seconds(10)) == 1
    eventually(lambda: not deployment.left(), seconds(10), "all have ended")


def test_a_manifest_with_mistakes_starts_nothing(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace("replicas: 2", "replica: 2"))
    ended = deployment.run("up", str(deployment.file))
    assert ended.returncode == 2
    assert f"{deployment.file}:10:" in ended.stderr and "replicas" in ended.stderr


def test_a_process_that_cannot_start_is_shown_and_the_rest_is_stopped(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace('"memory:"', "sqlite:/proc/none/queues.db"))
    ended = deployment.run("up", str(deployment.file))
    assert ended.returncode == 1
    assert re.search(r"gateway-1 +ended before it was ready: exit code \d", ended.stdout)
    assert "/proc/none" in ended.stdout
    assert not deployment.left()


@pytest.mark.parametrize("flags", [(), ("-d",)])
def test_a_port_in_use_is_said(deploy, flags):  # noqa: F811
    deployment = deploy(MANIFEST)
    with socket.create_server(("127.0.0.1", deployment.port)):
        ended = deployment.run("up", *flags, str(deployment.file))
    assert ended.returncode == 1
    assert f"127.0.0.1:{deployment.port}" in ended.stderr and "in use" in ended.stderr
    assert not deployment.left()
