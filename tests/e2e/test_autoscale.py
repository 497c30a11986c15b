"""Worker groups with min and max are as large as their load needs; gateways tell of it."""

import json
import re
import threading

import pytest

from cluster import eventually
from deployment import deploy  # noqa: F401  (a fixture)
from notices import service_manager
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
  - name: sleepers
    min: 1
    max: 4
    target_waiting: 100ms
    down_after: 1s
    pools: {sleep: 4}
"""


class Flood:
    """So many clients, each of which calls again as soon as it has its answer."""

    def __init__(self, entrance, clients):
        self.statuses = []
        self._entrance = entrance
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(clients)]

    def _call(self):
        while not self._over.is_set():
            self.statuses.append(self._entrance.call("sleep", {"ms": 200}).status)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()


def measured(deployment):
    """The only group that scales itself, once something is known of its load."""
    (group,) = json.loads(deployment.done("ps", "--json"))["scaling"]
    return group if group["busy"] else None


def until_workers(deployment, *names):
    wanted = {"gateway-1", *names}
    eventually(lambda: set(deployment.ps()) == wanted, seconds(30), f"exactly {wanted}")


def test_a_flood_of_calls_makes_a_group_grow_and_its_end_makes_it_shrink(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up()
    until_workers(deployment, "sleepers-1")
    with Flood(deployment.entrance, 40) as flood:
        supervisor.out.wait_for(r"^sleepers: 1 -> 2, ", seconds(10))
        supervisor.out.wait_for(r"^sleepers: 2 -> 4, about \d+ ms of waiting", seconds(10))
        deployment.until_ready("sleepers-4")
        deployment.entrance.wait_for_kind("sleep", slots=16)
        group = eventually(lambda: measured(deployment), seconds(10), "the group has a measure")
        assert (group["min"], group["max"], group["wanted"], group["ready"]) == (1, 4, 4, 4)
        assert re.match(r"2 -> 4, about \d+ ms of waiting", group["last_change"]["what"])
        assert re.search(r"GROUP.*WAITING.*LAST CHANGE\nsleepers .* ago: 2 -> 4", deployment.done("ps"))
    supervisor.out.wait_for(r"^sleepers: 2 -> 1, \d+% of its slots are busy", seconds(30))
    until_workers(deployment, "sleepers-1")
    assert set(flood.statuses) == {200}


def test_jobs_that_wait_make_a_group_grow(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    supervisor = deployment.up()
    job = json.dumps({"kind": "sleep", "params": {"ms": 100}})
    for _ in range(300):
        answer = deployment.entrance.request(
            "POST", "/v1/jobs", job, {"Content-Type": "application/json"}
        )
        assert answer.status in (200, 201, 202), answer.body
    supervisor.out.wait_for(r"^sleepers: 2 -> [34], ", seconds(20))


def test_items_that_wait_make_a_group_of_consumers_grow(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace("pools: {sleep: 4}", 'consume: {naps: "sleep:2"}'))
    supervisor = deployment.up()
    items = json.dumps([{"body": {"ms": 100}} for _ in range(300)])
    answer = deployment.entrance.request(
        "POST", "/v1/queues/naps/items", items, {"Content-Type": "application/json"}
    )
    assert answer.status in (200, 201), answer.body
    supervisor.out.wait_for(r"^sleepers: 2 -> [34], ", seconds(20))
    supervisor.out.wait_for(r"^sleepers: 2 -> 1, ", seconds(60))


def test_such_a_group_is_scaled_by_its_limits_alone(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up()
    refused = deployment.run("scale", str(deployment.file), "sleepers=3")
    assert refused.returncode != 0
    assert "sleepers scales itself between 1 and 4" in refused.stderr
    deployment.edit("min: 1", "min: 2")
    deployment.edit("max: 4", "max: 3")
    said = deployment.apply()
    assert "group sleepers: 1 to 4, " in said and " -> 2 to 3, " in said
    until_workers(deployment, "sleepers-1", "sleepers-2")
    assert "nothing differs" in deployment.apply()


def test_apply_keeps_the_number_that_a_group_has_grown_to(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace("down_after: 1s", "down_after: 1h"))
    supervisor = deployment.up()
    with Flood(deployment.entrance, 40):
        supervisor.out.wait_for(r"^sleepers: 2 -> 4, ", seconds(20))
        deployment.until_ready("sleepers-4")
    assert "nothing differs" in deployment.apply()
    deployment.edit("max: 4", "max: 3")
    deployment.apply()
    until_workers(deployment, "sleepers-1", "sleepers-2", "sleepers-3")


@pytest.fixture
def manager():
    with service_manager() as notices:
        yield notices


def reports(manager):
    name = "X_SQUALL_LOAD="
    return [json.loads(line[len(name) :]) for line in manager.lines() if line.startswith(name)]


def test_a_gateway_that_is_asked_to_tells_of_its_load(cluster, manager):
    gateway = cluster.gateway(environment={**manager.environment, "X_SQUALL_LOAD": "1"})
    cluster.worker(gateway, name="sleepers-1", pools=("sleep=2",))
    cluster.worker(gateway, name="sleepers-2", pools=("sleep=2",))
    gateway.wait_for_workers("sleepers-1", "sleepers-2")
    gateway.request("PUT", "/v1/queues/idle", "{}", {"Content-Type": "application/json"})
    with Flood(gateway, 5):

        def shows_the_flood():
            last = (reports(manager) or [{"kinds": []}])[-1]
            return [kind for kind in last["kinds"] if kind["in_flight"] and kind["ended"] > 4]

        [kind] = eventually(shows_the_flood, seconds(10), "the calls are reported")
    assert kind["kind"] == "sleep" and kind["slots"] == 4
    assert kind["groups"] == {"sleepers": [2, 4]}
    assert 0.1 < kind["run_seconds"] / kind["ended"] < seconds(1)
    assert reports(manager)[-1]["queues"] == []


def test_a_gateway_that_is_not_asked_tells_nothing(cluster, manager):
    gateway = cluster.gateway(environment=manager.environment)
    cluster.worker(gateway, name="w")
    manager.wait_for(r"STATUS=.*; 1 worker")
    assert not reports(manager)
