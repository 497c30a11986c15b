"""What all queues of a gateway have together: its memory, and a place in its metrics."""

import asyncio

from queues import client_of, refused, until


def test_the_memory_of_all_queues_is_bounded(cluster):
    gateway = cluster.gateway("--queue-memory", "1MiB")

    async def scene():
        async with client_of(gateway, "http") as client:
            await client.create("a")
            await client.create("b")
            for _ in range(9):
                await client.put("a", "x" * 100_000, timeout_ms=0)
            assert await refused(client.put("b", "x" * 200_000, timeout_ms=0)) == "queue_full"
            (item,) = await client.lease("a")
            putter = asyncio.ensure_future(client.put("b", "x" * 150_000))
            await until(client, "b", putters=1)
            await client.ack(item["lease"])
            assert len(await putter) == 1

    asyncio.run(scene())


def test_metrics_show_queues_without_their_names(cluster):
    gateway = cluster.gateway()

    async def scene():
        async with client_of(gateway, "http") as client:
            await client.create("secret")
            await client.put("secret", *range(3))
            await client.lease("secret")

    asyncio.run(scene())
    text = gateway.get("/metrics").body.decode()
    assert "squall_queues 1\n" in text
    assert 'squall_queue_items{state="ready"} 2\n' in text
    assert 'squall_queue_items{state="leased"} 1\n' in text
    assert 'squall_queue_events_total{event="put"} 3\n' in text
    assert "secret" not in text
    assert gateway.request("DELETE", "/v1/queues/secret").status == 204
    text = gateway.get("/metrics").body.decode()
    assert "squall_queues 0\n" in text
    assert 'squall_queue_events_total{event="put"} 3\n' in text
