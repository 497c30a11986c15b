"""Queues that hand out so many items at a time, or so many a second, whoever works on them."""

import asyncio
import time

import pytest

from jobs import play_at, play_jobs_over, serve
from queue_commands import ask
from queues import QueueError

WAYS = ("http", "websocket")


def test_one_job_at_a_time_runs_though_there_are_slots_at_several_workers(cluster):
    gateway, _ = serve(cluster, "sleep=2")
    cluster.worker(gateway, pools=["sleep=2"], name="w2")
    gateway.wait_for_kind("sleep", slots=4)

    async def scenario(client):
        await client.create("default", max_running=1)
        jobs = await client.submit_all([{"kind": "sleep", "params": {"ms": 30}}] * 10)
        await client.join("default")
        ends = [await client.end_of(job["id"]) for job in jobs]
        assert {job["state"] for job in ends} == {"done"}
        assert {job["attempt"] for job in ends} == {1}
        spans = sorted((job["started_at"], job["ended_at"]) for job in ends)
        for (_, ended), (started, _) in zip(spans, spans[1:]):
            assert ended <= started, spans

    play_at(gateway, scenario)


@pytest.mark.parametrize("way", WAYS)
def test_a_waiting_get_is_served_when_a_held_item_is_acked(gateway, way):
    async def scenario(client, queue):
        assert (await client.create(queue, max_running=2))["max_running"] == 2
        await client.put(queue, 1, 2, 3)
        held = await client.lease(queue, max=3)
        assert [item["body"] for item in held] == [1, 2]
        assert not await client.lease(queue, timeout_ms=0)
        waiting = asyncio.ensure_future(client.lease(queue))
        while (await client.stats(queue))["getters"] == 0:
            await asyncio.sleep(0.01)
        await client.ack(held[0]["lease"])
        assert [item["body"] for item in await waiting] == [3]

    play_jobs_over(way, gateway, scenario)


@pytest.mark.parametrize("way", WAYS)
def test_items_come_no_faster_than_the_rate(gateway, way):
    async def scenario(client, queue):
        assert (await client.create(queue, rate="10/s"))["rate"] == "10/s"
        await client.put(queue, *range(20))
        got = []
        begin = time.monotonic()
        while len(got) < 20:
            got += [item["body"] for item in await client.lease(queue, max=20)]
        took = time.monotonic() - begin
        assert got == list(range(20))
        assert took > 0.95, took  # ten at once, and the last of the others after a second

    play_jobs_over(way, gateway, scenario)


@pytest.mark.parametrize("way", WAYS)
def test_who_waits_for_a_slow_rate_is_served_when_it_is_taken_away(gateway, way):
    async def scenario(client, queue):
        await client.create(queue, rate="1/h")
        await client.put(queue, 1, 2)
        assert len(await client.lease(queue, max=2)) == 1
        waiting = asyncio.ensure_future(client.lease(queue))
        while (await client.stats(queue))["getters"] == 0:
            await asyncio.sleep(0.01)
        assert (await client.create(queue))["rate"] == ""
        assert [item["body"] for item in await waiting] == [2]
        with pytest.raises(QueueError, match="rate: 1 to 1000000 items"):
            await client.create(queue, rate="1/d")

    play_jobs_over(way, gateway, scenario)


def test_limits_are_set_and_shown_on_the_command_line(gateway, queue):
    flags = ("--max-running", "3", "--rate", "100/m")
    assert ask(gateway, "create", queue, *flags).stdout == f"changed {queue}\n"
    shown = [line.split() for line in ask(gateway, "stats", queue).stdout.splitlines()]
    assert ["max", "running", "3"] in shown and ["rate", "100/m"] in shown
    refused = ask(gateway, "create", queue, "--rate", "fast")
    assert refused.returncode == 1 and "rate: " in refused.stderr
