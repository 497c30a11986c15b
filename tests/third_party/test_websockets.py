"""Python's `websockets`, as its users write it."""

import asyncio
import json

import pytest
import websockets

from scale import count, seconds


@pytest.fixture(scope="module")
def gateway(module_cluster):
    return module_cluster.gateway("--pool", "prime=2", "--pool", "sleep=10", "--echo")


def run(scenario):
    return asyncio.run(asyncio.wait_for(scenario, seconds(30)))


@pytest.mark.parametrize("compression", ["deflate", None])
def test_the_guides_prime_example(gateway, compression):
    async def ask():
        async with websockets.connect(gateway.ws("/ws/prime"), compression=compression) as socket:
            await socket.send("97")
            first = await socket.recv()
            await socket.send(" ".join(str(n) for n in range(count(5_000))))
            rest = [await socket.recv() for _ in range(count(5_000))]
            return first, rest

    first, rest = run(ask())
    assert first == "97 is a prime number"
    assert [answer.split()[0] for answer in rest] == [str(n) for n in range(count(5_000))]


def test_json_rpc(gateway):
    async def ask():
        async with websockets.connect(gateway.ws()) as socket:
            for n in range(100):
                request = {"jsonrpc": "2.0", "id": n, "method": "prime", "params": {"n": n}}
                await socket.send(json.dumps(request))
            return [json.loads(await socket.recv()) for _ in range(100)]

    answers = sorted(run(ask()), key=lambda answer: answer["id"])
    assert [a["id"] for a in answers if a["result"]["prime"]][:5] == [2, 3, 5, 7, 11]


def test_pings_of_the_client_are_answered(gateway):
    async def ping():
        async with websockets.connect(gateway.ws()) as socket:
            await (await socket.ping())

    run(ping())


def test_its_keepalive_and_ours_get_along(cluster):
    gateway = cluster.gateway("--pool", "sleep=1", "--ping-interval", "100ms")

    async def wait():
        url = gateway.ws()
        async with websockets.connect(url, ping_interval=0.1, ping_timeout=seconds(5)) as socket:
            await socket.send('{"jsonrpc":"2.0","id":1,"method":"sleep","params":{"ms":1000}}')
            return json.loads(await socket.recv())

    assert "result" in run(wait())


@pytest.mark.parametrize("compression", ["deflate", None])
def test_messages_of_every_size_and_sort_come_back(gateway, compression):
    sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000]

    async def echo():
        options = {"compression": compression, "max_size": None}
        async with websockets.connect(gateway.ws("/ws/echo"), **options) as socket:
            for size in sizes:
                for message in ("é" * (size // 2), bytes(size)):
                    await socket.send(message)
                    assert await socket.recv() == message
            await socket.send(["frag", "ment", "ed"])
            assert await socket.recv() == "fragmented"

    run(echo())


def test_the_closing_handshake(gateway):
    async def close():
        socket = await websockets.connect(gateway.ws())
        await socket.close(code=1000, reason="done")
        return socket.close_code

    assert run(close()) == 1000
