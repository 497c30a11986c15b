"""Workers that die, hang or come back: no call is lost and none is answered twice."""

import asyncio
import itertools
import time

import pytest

from load import Load, under_load
from rpc import connect
from scale import FACTOR, SANITIZED, count, seconds


async def kill_and_replace(cluster, gateway, workers, killed):
    """Kills the oldest worker and starts another, every second until it is cancelled."""
    numbers = itertools.count(1)
    while True:
        await asyncio.sleep(2 if SANITIZED else 1)
        workers.pop(0).kill()
        killed.append(time.monotonic())
        workers.append(cluster.worker(gateway, name=f"next{next(numbers)}"))


def test_50_000_calls_are_answered_right_while_a_worker_is_killed_every_second(cluster):
    gateway = cluster.gateway()
    workers = [cluster.worker(gateway, name=name) for name in ("first", "second")]
    gateway.wait_for_workers("first", "second")
    killed = []

    async def run():
        load = Load(gateway, connections=64, window=8)
        killer = asyncio.ensure_future(kill_and_replace(cluster, gateway, workers, killed))
        try:
            await asyncio.wait_for(load.run(count(50_000)), seconds(100))
            while len(killed) < 3:  # on a fast machine
                await asyncio.wait_for(load.run(count(5_000)), seconds(20))
        finally:
            killer.cancel()
        return load.answered

    answered = asyncio.run(run())
    kind = gateway.kind("prime")
    print(f"{len(killed)} workers killed, {kind['redone']} calls given to another")
    assert (kind["done"], kind["failed"]) == (answered, 0)


def test_a_worker_that_is_stopped_is_routed_around_within_3_s_and_joins_again(cluster):
    gateway = cluster.gateway()
    stopped = cluster.worker(gateway, name="stopped")
    cluster.worker(gateway, name="other")
    gateway.wait_for_workers("other", "stopped")

    async def ask_while_it_hangs():
        async with connect(gateway) as rpc:
            await rpc.call("prime", {"n": 97})
            stopped.stop()
            begin = time.monotonic()
            calls = [await rpc.submit("prime", {"n": n}) for n in range(500)]
            await asyncio.wait_for(asyncio.gather(*calls), seconds(20))
            return time.monotonic() - begin, [call.result() for call in calls]

    took, answers = asyncio.run(ask_while_it_hangs())
    assert took < seconds(3)
    assert all("result" in answer for answer in answers)
    gateway.wait_for_workers("other", timeout=3)

    stopped.resume()
    gateway.wait_for_workers("other", "stopped")
    asyncio.run(Load(gateway, connections=4).run(400))
    assert all(worker["pools"][0]["done"] > 0 for worker in gateway.cluster()["workers"])


@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_a_gateway_restarted_on_its_ports_is_joined_again_within_3_s(cluster, end):
    first = cluster.gateway()
    cluster.worker(first, name="a")
    cluster.worker(first, name="b")
    first.wait_for_workers("a", "b")
    getattr(first, end)()
    first.wait()

    again = cluster.gateway(ports=first.ports)
    assert again.ports == first.ports
    assert again.wait_for_workers("a", "b", timeout=3) < 3 * FACTOR
    assert again.call("prime", {"n": 97}).json()["prime"] is True


def test_two_gateways_share_two_workers(cluster):
    gateways = [cluster.gateway(), cluster.gateway()]
    workers = [cluster.worker(*gateways, name=name) for name in ("a", "b")]
    for gateway in gateways:
        gateway.wait_for_workers("a", "b")

    async def ask_both():
        loads = [Load(gateway, connections=8, seed=seed) for seed, gateway in enumerate(gateways)]
        await asyncio.gather(*(load.run(count(4_000)) for load in loads))

    asyncio.run(ask_both())
    for gateway in gateways:
        assert gateway.kind("prime")["done"] == count(4_000)

    gateways[0].kill()
    asyncio.run(Load(gateways[1]).run(count(1_000)))
    assert all(worker.is_running() for worker in workers)


def test_a_call_is_given_up_when_three_workers_died_of_it(cluster):
    gateway = cluster.gateway()
    worker = cluster.worker(gateway, pools=["sleep=1"], name="w")
    gateway.wait_for_workers("w")

    async def lose_it():
        async with connect(gateway) as rpc:
            call = await rpc.submit("sleep", {"ms": seconds(60_000)})
            lost = worker
            for attempt in range(3):
                await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
                lost.kill()
                lost = cluster.worker(gateway, pools=["sleep=1"], name=f"w{attempt}")
            return await asyncio.wait_for(call, seconds(20))

    answer = asyncio.run(lose_it())
    assert answer["error"]["data"]["code"] == "worker_lost"
    assert gateway.kind("sleep")["redone"] == 2


def test_a_worker_that_is_terminated_under_load_loses_no_call(cluster):
    gateway = cluster.gateway()
    leaving = cluster.worker(gateway, name="leaving")
    cluster.worker(gateway, name="staying")
    gateway.wait_for_workers("leaving", "staying")

    async def leave_under_load():
        load = Load(gateway, connections=16, window=16)
        async with under_load(load, enough=count(2_000)):
            leaving.terminate()
            code = await asyncio.to_thread(leaving.wait, seconds(20))
        return code

    assert asyncio.run(leave_under_load()) == 0
    gateway.wait_for_workers("staying")
    kind = gateway.kind("prime")
    assert (kind["failed"], kind["redone"]) == (0, 0)


def test_calls_wait_5_s_for_a_worker_that_comes_back_and_not_for_one_that_never_was(cluster):
    gateway = cluster.gateway()
    worker = cluster.worker(gateway, name="w")
    gateway.wait_for_workers("w")
    worker.kill()

    async def ask_in_between():
        async with connect(gateway) as rpc:
            call = await rpc.submit("prime", {"n": 97})
            cluster.worker(gateway, name="next")
            return await asyncio.wait_for(call, seconds(10))

    assert asyncio.run(ask_in_between())["result"]["prime"] is True
    assert gateway.call("sleep", {"ms": 1}).status == 404
