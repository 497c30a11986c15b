"""Calls that are taken back: what was not started is never run."""

import asyncio

from rpc import connect
from scale import seconds


def start(cluster):
    gateway = cluster.gateway()
    cluster.worker(gateway, pools=["sleep=1"], name="w")
    gateway.wait_for_workers("w")
    return gateway


async def occupy(gateway, rpc, ms):
    """A call that holds the only slot."""
    running = await rpc.submit("sleep", {"ms": ms})
    await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
    return running


def test_a_cancelled_call_that_waits_is_never_run(cluster):
    gateway = start(cluster)

    async def cancel():
        async with connect(gateway) as rpc:
            running = await occupy(gateway, rpc, seconds(500))
            waiting = [await rpc.submit("sleep", {"ms": 50_000}) for _ in range(5)]
            for call in waiting:
                assert await rpc.call("cancel", {"id": call.id}) == {"cancelled": True}
            answers = await asyncio.gather(*waiting)
            assert await rpc.call("cancel", {"id": waiting[0].id}) == {"cancelled": False}
            last = await rpc.submit("sleep", {"ms": 1})
            assert "result" in await running
            assert "result" in await asyncio.wait_for(last, seconds(5))
            return answers

    answers = asyncio.run(cancel())
    assert {answer["error"]["data"]["code"] for answer in answers} == {"cancelled"}
    pool = gateway.cluster()["workers"][0]["pools"][0]
    assert (pool["done"], pool["failed"]) == (2, 0)


def test_calls_of_a_client_that_has_gone_are_never_run(cluster):
    gateway = start(cluster)

    async def leave():
        async with connect(gateway) as staying:
            await occupy(gateway, staying, seconds(500))
            async with connect(gateway) as leaving:
                for _ in range(100):
                    await leaving.submit("sleep", {"ms": 50_000})
                await leaving.call("ping")
                leaving.socket.transport.abort()
            await asyncio.wait_for(staying.call("sleep", {"ms": 1}), seconds(5))

    asyncio.run(leave())
    gateway.wait_for_kind("sleep", waiting=0, in_flight=0)
    assert gateway.cluster()["workers"][0]["pools"][0]["done"] == 2


def test_a_running_call_that_is_cancelled_frees_its_slot(cluster):
    gateway = start(cluster)

    async def cancel():
        async with connect(gateway) as rpc:
            running = await occupy(gateway, rpc, 50_000)
            await rpc.call("cancel", {"id": running.id})
            assert (await running)["error"]["data"]["code"] == "cancelled"
            await asyncio.wait_for(rpc.call("sleep", {"ms": 1}), seconds(5))

    asyncio.run(cancel())


def test_a_call_that_timed_out_frees_its_slot(cluster):
    gateway = start(cluster)

    async def time_out():
        async with connect(gateway) as rpc:
            options = {"kind": "sleep", "params": {"ms": 50_000}, "timeout_ms": 100}
            answer = await (await rpc.submit("call", options))
            assert answer["error"]["data"]["code"] == "deadline_exceeded"
            await asyncio.wait_for(rpc.call("sleep", {"ms": 1}), seconds(5))

    asyncio.run(time_out())


def test_an_urgent_call_goes_before_those_that_wait_longer(cluster):
    gateway = start(cluster)

    async def order():
        async with connect(gateway) as rpc:
            await occupy(gateway, rpc, seconds(200))
            ended = []
            calls = []
            for priority in (0, 5, 9):
                options = {"kind": "sleep", "params": {"ms": 5}, "priority": priority}
                call = await rpc.submit("call", options)
                call.add_done_callback(lambda _, priority=priority: ended.append(priority))
                calls.append(call)
            await asyncio.wait_for(asyncio.gather(*calls), seconds(10))
            return ended

    assert asyncio.run(order()) == [9, 5, 0]
