"""Jobs that are watched: server-sent events, and subscriptions on /v1/ws."""

import asyncio
import contextlib

import pytest

from cluster import eventually
from events import next_notice, notices_until, open_events
from jobs import UNKNOWN, jobs_of, play_jobs_over
from rpc import RpcError, connect
from scale import count, seconds


def play(gateway, scenario):
    play_jobs_over("http", gateway, scenario)


def test_a_job_is_followed_from_its_submission_to_its_end(gateway):
    async def scenario(client, queue):
        job = await client.submit("k", {"n": 1}, queue=queue, delay_ms=300)
        async with open_events(gateway, job["id"]) as events:
            assert events.status == 200
            assert events.headers["content-type"] == "text/event-stream"
            assert events.headers["cache-control"] == "no-store"
            first = await events.next()
            assert (first["state"], first["params"]) == ("scheduled", {"n": 1})
            assert int(events.retry) > 0
            (item,) = await client.lease(queue)
            assert (await events.until("leased"))["attempt"] == 1
            await client.ack(item["lease"], result=[1])
            assert (await events.until("done"))["result"] == [1]
            assert await events.next() is None

    play(gateway, scenario)


def test_who_comes_back_gets_what_is_new_and_nothing_behind_the_end(gateway):
    async def scenario(client, queue):
        number = (await client.submit("k", queue=queue))["id"]
        async with open_events(gateway, number) as events:
            await events.next()
            seen = events.last_id
        async with open_events(gateway, number, seen) as events:
            waiting = asyncio.ensure_future(events.next())
            await client.get(number)
            assert not waiting.done()
            (item,) = await client.lease(queue)
            assert (await waiting)["state"] == "leased"
            await client.ack(item["lease"])
            assert (await events.next())["state"] == "done"
        async with open_events(gateway, number, seen) as late:
            assert [job["state"] for job in await late.rest()] == ["done"]
            assert int(late.last_id) > int(seen)
        async with open_events(gateway, number, late.last_id) as after:
            assert after.status == 204
        async with open_events(gateway, number, "nonsense") as other:
            assert [job["state"] for job in await other.rest()] == ["done"]

    play(gateway, scenario)


def test_only_jobs_that_are_there_have_events(gateway):
    assert gateway.get(f"/v1/jobs/{UNKNOWN}/events").json()["code"] == "not_found"
    assert gateway.get("/v1/jobs/nonsense/events").status == 404
    assert gateway.get(f"/v1/jobs/{UNKNOWN}/events?wait_ms=1").status == 422
    assert gateway.request("POST", f"/v1/jobs/{UNKNOWN}/events").status == 405


def test_head_and_http_1_0(gateway):
    async def scenario(client, queue):
        number = (await client.submit("k", queue=queue))["id"]
        async with open_events(gateway, number, method="HEAD") as head:
            assert (head.status, head.headers["content-type"]) == (200, "text/event-stream")
        async with open_events(gateway, number, version="1.0") as events:
            assert "transfer-encoding" not in events.headers
            assert (await events.next())["state"] == "ready"
            await client.cancel(number)
            assert [job["state"] for job in await events.rest()] == ["cancelled"]

    play(gateway, scenario)


def test_a_cancellation_and_a_failure_are_seen(gateway):
    async def scenario(client, queue):
        first, second = [
            (await client.submit("k", queue=queue, max_attempts=1))["id"] for _ in range(2)
        ]
        async with open_events(gateway, first) as one, open_events(gateway, second) as other:
            await client.cancel(first)
            assert [job["state"] for job in await one.rest()][-1] == "cancelled"
            (item,) = await client.lease(queue)
            await client.nack(item["lease"], error="no")
            (dead,) = (await other.rest())[-1:]
            assert (dead["state"], dead["attempts"][0]["error"]) == ("dead", "no")

    play(gateway, scenario)


def test_clients_that_leave_leave_nothing(gateway):
    def connections(wanted):  # besides the one that asks
        eventually(lambda: gateway.connections("http") == 1 + wanted, seconds(10), f"{wanted} open")

    async def scenario(client, queue):
        number = (await client.submit("k", queue=queue))["id"]
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(20):
                events = await stack.enter_async_context(open_events(gateway, number))
                await events.next()
            await asyncio.to_thread(connections, 20)
        await asyncio.to_thread(connections, 0)
        await client.run_next(queue)

    play(gateway, scenario)


def test_a_drain_ends_streams(cluster):
    gateway = cluster.gateway()

    async def scenario(client, queue):
        number = (await client.submit("k", queue=queue))["id"]
        async with open_events(gateway, number) as events, connect(gateway) as rpc:
            await rpc.call("jobs.subscribe", {"id": number})
            await events.next()
            gateway.terminate()
            assert await events.rest() == []
            assert await rpc.closed() == 1001

    play(gateway, scenario)
    assert gateway.wait(seconds(10)) == 0


def test_500_streams_at_once(gateway):
    async def scenario(client, queue):
        number = (await client.submit("k", queue=queue))["id"]
        async with contextlib.AsyncExitStack() as stack:
            opening = [open_events(gateway, number) for _ in range(count(500))]
            streams = [await stack.enter_async_context(each) for each in opening]
            for events in streams:
                assert (await events.next())["state"] == "ready"
            await client.run_next(queue, result=7)
            for events in streams:
                assert (await events.rest())[-1]["result"] == 7

    play(gateway, scenario)


def test_a_client_that_does_not_read_gets_the_newest_when_it_does(gateway):
    rounds = 30

    async def scenario(client, queue):
        job = await client.submit("k", "x" * 800_000, queue=queue, max_attempts=1_000)
        async with open_events(gateway, job["id"], limit=1024) as events:
            for _ in range(rounds):
                (item,) = await client.lease(queue)
                await client.nack(item["lease"], error="no")
            await client.run_next(queue, result=7)
            told = await events.rest()
        assert told[-1]["result"] == 7
        assert len(told) < rounds, "all of them were kept"

    play(gateway, scenario)


def test_a_subscription_tells_of_each_change_up_to_the_end(gateway):
    async def scenario(client, queue):
        number = (await client.submit("k", queue=queue))["id"]
        async with connect(gateway) as rpc:
            now = await rpc.call("jobs.subscribe", {"id": number})
            assert (now["id"], now["state"]) == (number, "ready")
            (item,) = await client.lease(queue)
            assert (await next_notice(rpc))["state"] == "leased"
            await client.ack(item["lease"], result=7)
            assert (await next_notice(rpc))["result"] == 7
            assert (await rpc.call("jobs.subscribe", {"id": number}))["state"] == "done"
            await rpc.settle()
            assert rpc.notices.empty()

    play(gateway, scenario)


def test_nothing_comes_behind_the_end_of_a_subscription(gateway):
    async def scenario(client, queue):
        number = (await client.submit("k", queue=queue))["id"]
        async with connect(gateway) as rpc:
            await rpc.call("jobs.subscribe", {"id": number})
            assert await rpc.call("jobs.unsubscribe", {"id": number}) is True
            await client.run_next(queue)
            await rpc.call("jobs.get", {"id": number, "wait_ms": 10_000})
            assert rpc.notices.empty()
            with pytest.raises(RpcError) as refused:
                await rpc.call("jobs.subscribe", {"id": UNKNOWN})
            assert refused.value.name == "not_found"

    play(gateway, scenario)


def test_a_connection_is_told_of_all_that_it_submits(cluster):
    gateway = cluster.gateway("--pool", "prime=2")

    async def scenario():
        async with connect(gateway) as rpc, jobs_of(gateway, "http") as other:
            earlier = await rpc.call("jobs.submit", {"kind": "nobody's"})
            told = await rpc.call("jobs.subscribe", {"mine": True})
            assert [job["id"] for job in told["jobs"]] == [earlier["id"]]
            await other.submit("prime", {"n": 7})  # another's
            jobs = [{"kind": "prime", "params": {"n": n}} for n in range(2, 102)]
            mine = (await rpc.call("jobs.submit", {"jobs": jobs}))["jobs"]
            states = await notices_until(rpc, len(mine))
            assert set(states) == {job["id"] for job in mine}
            assert all(each[-1] == "done" for each in states.values())
            await rpc.call("jobs.cancel", {"id": earlier["id"]})
            assert (await next_notice(rpc))["state"] == "cancelled"
            assert await rpc.call("jobs.unsubscribe", {"mine": True}) is True
            last = await rpc.call("jobs.submit", {**jobs[0], "wait_ms": 10_000})
            assert last["state"] == "done"
            await rpc.settle()
            assert rpc.notices.empty()

    asyncio.run(asyncio.wait_for(scenario(), seconds(60)))


def test_the_path_is_in_the_description(gateway):
    path = gateway.get("/openapi.json").json()["paths"]["/v1/jobs/{id}/events"]
    assert "text/event-stream" in path["get"]["responses"]["200"]["content"]
