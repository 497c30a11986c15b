"""Pools and consumed queues of workers change while they work: no process is restarted, no call fails."""

import asyncio
import json
import os
import signal

from cluster import eventually
from deployment import deploy  # noqa: F401  (a fixture)
from scale import seconds
from upgrade_load import UpgradeLoad

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
    pools: {prime: 2, fetch: 3}
  - name: other
    pools: {prime: 1}
queues:
  - name: numbers
"""


def slots(deployment, worker="w-1"):
    """What a worker offers, by kind."""
    workers = deployment.entrance.get("/v1/cluster").json()["workers"]
    return {
        pool["kind"]: pool["slots"]
        for each in workers
        if each["name"] == worker
        for pool in each["pools"]
    }


def slots_of(deployment, kind):
    """What all workers offer of a kind, once everybody agrees."""
    slots = deployment.entrance.kind(kind)["slots"]

    def told():
        kinds = deployment.entrance.get("/v1/kinds").json()["kinds"]
        return slots == next(each["slots"] for each in kinds if each["name"] == kind)

    eventually(told, seconds(10), f"/v1/kinds says {slots} for {kind}, too")
    return slots


def test_pools_grow_shrink_come_and_go_under_load(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up()
    before = deployment.pids()
    load = UpgradeLoad(deployment.entrance)

    def change(old, new, *words):
        deployment.edit(old, new)
        tried = deployment.apply("--dry-run")
        for word in ("live", *words):
            assert word in tried, tried
        said = deployment.apply()
        assert "w-1  changed live" in said and "w-2  changed live" in said
        assert "restart" not in said

    def changes():
        change("prime: 2, fetch: 3", "prime: 5, fetch: 3", "pool: fetch=3,prime=2 -> fetch=3,prime=5")
        assert slots(deployment) == {"prime": 5, "fetch": 3}
        assert slots_of(deployment, "prime") == 11
        change("prime: 5", "prime: 1")
        assert slots(deployment) == {"prime": 1, "fetch": 3}
        assert slots_of(deployment, "prime") == 3
        change("prime: 1, fetch: 3", "prime: 1, sleep: 4")
        assert {"prime": 1, "sleep": 4}.items() <= slots(deployment).items()
        assert slots_of(deployment, "sleep") == 8 and slots_of(deployment, "fetch") == 0
        # Their calls go to the other group.
        change("prime: 1, sleep: 4", "sleep: 2")
        assert slots_of(deployment, "prime") == 1
        change("sleep: 2", "sleep: 2, prime: 3")
        assert slots_of(deployment, "prime") == 7
        assert deployment.entrance.call("sleep", {"ms": 1}).status == 200

    asyncio.run(load.run(changes))
    load.check()
    assert deployment.pids() == before
    assert "nothing differs" in deployment.apply()


def test_the_pools_of_a_gateway_change_too(deploy):  # noqa: F811
    own = "    pools: {prime: 2}\n    consume: {numbers: 'prime:1'}\n    job_queues: [mail]\n"
    deployment = deploy(MANIFEST.replace("workers:", own + "workers:", 1))
    deployment.up()
    before = deployment.pids()
    load = UpgradeLoad(deployment.entrance)
    put(deployment.entrance, "numbers", 200)

    def change(old, new):
        deployment.edit(old, new)
        said = deployment.apply()
        assert "gateway-1  changed live" in said and "restart" not in said

    def changes():
        change(own, own.replace("prime: 2", "prime: 4, sleep: 2"))
        assert slots(deployment, "gateway-1") == {"prime": 4, "sleep": 2}
        change("prime: 4, sleep: 2", "prime: 1")
        change("numbers: 'prime:1'", "numbers: 'prime:3'")
        assert slots(deployment, "gateway-1") == {"prime": 1}

    asyncio.run(load.run(changes))
    load.check()
    assert deployment.pids() == before
    eventually(
        lambda: books(deployment.entrance, "numbers")["total_acked"] == 200, seconds(20), "all is done"
    )
    deployment.edit("prime: 1}\n    consume: {numbers: 'prime:3'}", "prim: 1}")
    assert deployment.run("apply", str(deployment.file)).returncode == 2
    assert deployment.pids() == before


def test_running_calls_of_a_pool_that_goes_are_finished(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace("prime: 2, fetch: 3", "prime: 2, sleep: 2"))
    deployment.up()

    async def scene():
        call = asyncio.to_thread(deployment.entrance.call, "sleep", {"ms": 1500})
        running = asyncio.ensure_future(call)
        wait = deployment.entrance.wait_for_kind
        await asyncio.to_thread(lambda: wait("sleep", in_flight=1))
        deployment.edit("prime: 2, sleep: 2", "prime: 2")
        await asyncio.to_thread(deployment.apply)
        assert not running.done() and slots_of(deployment, "sleep") == 0
        answer = await running
        assert answer.status == 200, answer.text

    asyncio.run(scene())


def put(gateway, queue, count):
    items = json.dumps([{"body": {"n": 97}}] * count)
    answer = gateway.request("POST", f"/v1/queues/{queue}/items", items)
    assert answer.status == 201, answer.body


def books(gateway, queue):
    return gateway.get(f"/v1/queues/{queue}").json()


def test_consumed_queues_change_without_losing_an_item(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace("fetch: 3}", "fetch: 3}\n    consume: {numbers: 'prime:1'}"))
    deployment.up()
    before = deployment.pids()
    entrance = deployment.entrance

    def change(old, new):
        put(entrance, "numbers", 200)
        deployment.edit(old, new)
        assert "w-1  changed live" in deployment.apply()

    change("prime:1", "prime:4")
    change("prime:4", "prime:2")
    eventually(
        lambda: books(entrance, "numbers")["unfinished"] == 0, seconds(20), "all is worked off"
    )
    deployment.edit("    consume: {numbers: 'prime:2'}\n", "")
    assert "consume: numbers=prime:2 -> (default)" in deployment.apply()
    end = books(entrance, "numbers")
    assert (end["ready"], end["total_acked"], end["dead"]) == (0, 400, 0)
    # Their last requests for more are being taken back.
    eventually(lambda: books(entrance, "numbers")["getters"] == 0, seconds(10), "nobody asks")
    put(entrance, "numbers", 1)
    assert books(entrance, "numbers")["ready"] == 1
    assert deployment.pids() == before


def hang_up(worker):
    worker.send_signal(signal.SIGHUP)


def configured(cluster, gateway, file, *flags):
    """A worker with that file."""
    return cluster.squall(
        "worker", "--join", gateway.address, "--name", "w", "--config", str(file), *flags
    )


def test_a_file_with_mistakes_changes_nothing(cluster, tmp_path):
    file = tmp_path / "worker.toml"
    gateway = cluster.gateway()
    file.write_text("[worker]\npool = 'prime=2'\n")
    worker = configured(cluster, gateway, file)
    gateway.wait_for_workers("w")
    file.write_text("[worker]\npool = 'prime=3'\ncolour = 'red'\n[nobody]\na = '1'\n")
    hang_up(worker)
    worker.err.wait_for("everything stays as it is")
    assert "[worker] colour: unknown key" in worker.err.text()
    assert "no command 'nobody'" in worker.err.text()
    file.write_text("[worker]\npool = ['prim=2', 'prime=0', 'sleep=1']\n")
    hang_up(worker)
    worker.err.wait_for('the pool "prime=0" needs a number')
    assert 'unknown kind "prim"' in worker.err.text()
    gateway.wait_for_kind("prime", slots=2)
    file.write_text("[worker]\npool = ['prime=3', 'sleep=1']\ndrain-timeout = '1s'\n")
    hang_up(worker)
    worker.err.wait_for("these wait for a restart: drain-timeout")
    worker.err.wait_for(r"changed: prime 2 -> 3, sleep 1 \(new\)")
    gateway.wait_for_kind("prime", slots=3)
    gateway.wait_for_kind("sleep", slots=1)


def test_a_worker_without_a_file_has_nothing_to_read_again(cluster):
    gateway = cluster.gateway()
    worker = cluster.worker(gateway, pools=("prime=1",), name="w")
    gateway.wait_for_workers("w")
    worker.err.wait_for("joined the gateway")
    hang_up(worker)
    worker.err.wait_for("nothing to read again")
    assert gateway.call("prime", {"n": 97}).status == 200


def test_what_the_command_line_says_stands(cluster, tmp_path):
    file = tmp_path / "worker.toml"
    file.write_text("[worker]\npool = 'prime=2'\n")
    gateway = cluster.gateway()
    worker = configured(cluster, gateway, file, "--pool", "prime=1")
    gateway.wait_for_workers("w")
    hang_up(worker)
    worker.err.wait_for("are as they were")
    gateway.wait_for_kind("prime", slots=1)


def test_a_worker_that_does_not_say_that_it_changed_fails_the_change(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up("--timeout", f"{seconds(3)}s")
    before = deployment.pids()
    deployment.edit("prime: 2", "prime: 4")
    os.kill(before["w-1"], signal.SIGSTOP)
    try:
        ended = deployment.run("apply", str(deployment.file))
        assert ended.returncode == 1
        assert "w-1  has not said within" in ended.stdout and "squall logs w-1" in ended.stdout
    finally:
        os.kill(before["w-1"], signal.SIGCONT)
    deployment.entrance.wait_for_workers("w-1", "w-2", "other-1")
    # It has been told that all stays as it is, and reads that now.
    eventually(lambda: "are as they were" in deployment.log("w-1"), seconds(10), "w-1 has read it")
    assert slots(deployment)["prime"] == 2
    assert "w-1  changed live" in deployment.apply()
    assert slots(deployment)["prime"] == 4 and deployment.pids() == before
