"""squall up behind a supervisor that was killed: in the middle of a change, and where the system does
not let it have the gateways' sockets."""

import json
import os
import signal
import stat

import pytest

from cluster import eventually
from deployment import deploy  # noqa: F401  (a fixture)
from processes import BINARY
from scale import seconds

MANIFEST = """\
apiVersion: squall/v1
name: test
gateways:
  - name: gateway
    listen: @LISTEN@
    cluster: @CLUSTER@
    store: sqlite:@FOLDER@/queues.db
workers:
  - name: w
    replicas: 2
    pools: {sleep: 2}
"""
JOBS = 40

# In front of the program: pidfd_getfd(2), which has the same number everywhere, is not permitted.
WITHOUT_PIDFD_GETFD = """\
#!/usr/bin/python3
import ctypes, os, struct, sys
filters = b"".join(struct.pack("HBBI", *each) for each in (
    (0x20, 0, 0, 0),           # the call's number
    (0x15, 0, 1, 438),         # pidfd_getfd
    (0x06, 0, 0, 0x00050001),  # EPERM
    (0x06, 0, 0, 0x7FFF0000),  # allowed
))
place = ctypes.create_string_buffer(filters)
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(place)))
libc = ctypes.CDLL(None, use_errno=True)
no_new_privileges = libc.prctl(38, 1, 0, 0, 0)
filtered = libc.prctl(22, 2, program)
assert no_new_privileges == 0 and filtered == 0, os.strerror(ctypes.get_errno())
os.execv("@BINARY@", ["@BINARY@", *sys.argv[1:]])
"""


def submit(deployment):
    body = json.dumps({"kind": "sleep", "params": {"ms": 50}})
    answers = [
        deployment.entrance.request("POST", "/v1/jobs", body, {"Content-Type": "application/json"})
        for _ in range(JOBS)
    ]
    return [answer.json()["id"] for answer in answers]


def is_done(deployment, job):
    return deployment.entrance.get(f"/v1/jobs/{job}").json()["state"] == "done"


@pytest.mark.parametrize(
    "moment", ["gateway-1 +draining", "w-1 +starting its successor", "w-2 +starting its successor"]
)
def test_a_supervisor_killed_in_the_middle_of_apply_loses_nothing(deploy, moment):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up()
    jobs = submit(deployment)
    deployment.edit("name: test\n", "name: test\nlogging: {level: debug}\n")
    applying = deployment.start_command("apply", str(deployment.file))
    applying.out.wait_for(moment)
    supervisor.kill()
    if applying.wait(seconds(20)) != 0:  # on a slow machine, it may have been done before
        applying.err.wait_for("the supervisor of test does not answer")
    refused = deployment.run("apply", str(deployment.file))
    assert refused.returncode == 1 and "squall up FILE takes its processes over" in refused.stderr
    deployment.up()
    assert "nothing differs" in deployment.apply()
    processes = deployment.ps()
    assert set(processes) == {"gateway-1", "w-1", "w-2"}
    for name in processes:
        assert "log-level = 'debug'" in (deployment.runs / "test" / f"{name}.toml").read_text()
    eventually(lambda: len(deployment.left()) == 4, seconds(40), "those that were replaced are gone")
    eventually(
        lambda: all(is_done(deployment, job) for job in jobs), seconds(30), "all jobs are done"
    )


def forbid_sockets(deployment):
    """From now on, commands may not take sockets from other processes."""
    front = deployment.folder / "squall-without"
    front.write_text(WITHOUT_PIDFD_GETFD.replace("@BINARY@", BINARY))
    front.chmod(front.stat().st_mode | stat.S_IXUSR)
    deployment.binary = str(front)


def test_a_socket_that_may_not_be_taken_is_said_and_its_gateway_goes_on(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up().kill()
    before = deployment.pids()
    forbid_sockets(deployment)
    supervisor = deployment.up()
    said = supervisor.out.wait_for("the socket of .*").group()
    assert f"127.0.0.1:{deployment.port} stays with its gateway alone" in said
    assert "pidfd_getfd: Operation not permitted" in said and "must be allowed" in said
    assert deployment.pids() == before
    # Once its gateway has gone the socket is the supervisor's, as it should be.
    os.kill(before["gateway-1"], signal.SIGKILL)
    deployment.until_ready("gateway-1", besides=before["gateway-1"])
    assert deployment.entrance.get("/hello").status == 200


def test_without_their_socket_two_gateways_are_left_as_they_are(deploy, postgres):  # noqa: F811
    store = postgres.url(postgres.create())
    deployment = deploy(
        MANIFEST.replace("sqlite:@FOLDER@/queues.db", f'"{store}"\n    replicas: 2')
    )
    deployment.up().kill()
    before = deployment.pids()
    forbid_sockets(deployment)
    deployment.up()
    deployment.edit("name: test\n", "name: test\nlogging: {level: debug}\n")
    ended = deployment.run("apply", str(deployment.file))
    assert ended.returncode == 1
    assert "nothing was changed: gateway-1 would need the socket" in ended.stderr
    assert deployment.pids() == before
    assert {each["state"] for each in deployment.ps().values()} == {"ready"}
