"""Thousands of connections."""

import asyncio
import contextlib
import resource

import raw
from cluster import eventually
from rpc import connect
from scale import count, seconds

IDLE = count(10_000)


def raise_file_limit(needed):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard >= needed, f"the hard limit of open files is {hard}; this needs {needed}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def test_10_000_idle_websockets(cluster):
    raise_file_limit(IDLE + 200)
    gateway = cluster.gateway()
    cluster.worker(gateway, name="w")
    gateway.wait_for_workers("w")

    async def ask():
        async with connect(gateway) as rpc:
            return await rpc.call("prime", {"n": 97})

    asyncio.run(ask())
    before = gateway.resident_bytes()
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(raw.open_websocket(gateway))
        grown = gateway.resident_bytes() - before
        print(f"an idle WebSocket takes {grown / IDLE / 1024:.1f} KiB of the gateway's memory")
        assert gateway.connections("websocket") == IDLE
        assert asyncio.run(ask())["prime"] is True
        assert gateway.get("/readyz").status == 200
    eventually(lambda: gateway.connections("websocket") == 0, seconds(10), "all are closed")


def test_connections_that_come_and_go_leave_nothing_behind(cluster):
    gateway = cluster.gateway("--pool", "prime=2")

    def come_and_go(times):
        for number in range(times):
            with raw.open_websocket(gateway) as connection:
                if number % 2:
                    connection.sendall(raw.frame(raw.CLOSE, b"\x03\xe8"))
                    assert raw.receive_close(connection) == 1000

    come_and_go(count(1_000))
    before = gateway.resident_bytes()
    come_and_go(count(2_000))
    assert gateway.resident_bytes() - before < 8 << 20
    eventually(lambda: gateway.connections("websocket") == 0, seconds(10), "all are closed")
