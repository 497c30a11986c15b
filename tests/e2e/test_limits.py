"""Bounds: what is too much is refused, and costs the gateway nothing."""

import asyncio
import contextlib
import statistics
import time

import pytest
import websockets

import raw
from cluster import eventually
from rpc import RpcError, connect, dial
from scale import FACTOR, count, seconds

MIB = 1 << 20


def test_10_000_waiting_calls_of_one_connection_do_not_delay_another(cluster):
    gateway = cluster.gateway()
    cluster.worker(gateway, pools=["sleep=4"], name="w")
    gateway.wait_for_workers("w")
    call_ms = 20 * FACTOR
    call_s = call_ms / 1000

    async def measure():
        async with connect(gateway) as greedy, connect(gateway) as modest:
            for _ in range(10_000):
                await greedy.submit("sleep", {"ms": call_ms})
            await asyncio.to_thread(
                gateway.wait_for_kind, "sleep", timeout=30, waiting=lambda n: n > 9_000
            )
            times = []
            for _ in range(10):
                begin = time.monotonic()
                await modest.call("sleep", {"ms": call_ms})
                times.append(time.monotonic() - begin)
            await greedy.socket.close()
            return times

    times = asyncio.run(measure())
    print("a single call beside 10,000 waiting ones took", [f"{t:.3f} s" for t in times])
    assert statistics.median(times) < 4 * call_s
    assert max(times) < 20 * call_s
    gateway.wait_for_kind("sleep", waiting=0, in_flight=0)


def test_a_full_waiting_line_says_so_at_once(cluster):
    gateway = cluster.gateway("--pool", "sleep=1", "--max-waiting", "10")

    async def fill():
        async with connect(gateway) as rpc:
            calls = [await rpc.submit("sleep", {"ms": 10_000}) for _ in range(30)]
            await rpc.call("ping")
            refused, _ = await asyncio.wait(calls, timeout=1)
            answer = await asyncio.to_thread(gateway.get, "/v1/call/sleep?ms=1")
            return [call.result()["error"]["data"]["code"] for call in refused], answer

    codes, answer = asyncio.run(fill())
    assert codes and set(codes) == {"overloaded"}
    assert len(codes) <= 20
    assert (answer.status, answer.json()["code"]) == (503, "overloaded")
    assert int(answer.headers["retry-after"]) >= 1


def test_one_connection_may_not_fill_the_line_alone(cluster):
    gateway = cluster.gateway("--pool", "sleep=1", "--max-waiting-per-connection", "10")

    async def fill():
        async with connect(gateway) as greedy, connect(gateway) as modest:
            for _ in range(50):
                await greedy.submit("sleep", {"ms": 100})
            with pytest.raises(RpcError) as refused:
                await greedy.call("sleep", {"ms": 100})
            await modest.call("sleep", {"ms": 1})
            return refused.value.name

    assert asyncio.run(fill()) == "overloaded"


def ask_without_reading(connection, messages):
    """Sends questions with long answers for as long as they are taken; how many were."""
    question = b"1" + b"0" * 9_998
    message = raw.frame(raw.TEXT, b" ".join([question] * 100))
    connection.settimeout(2)
    with contextlib.suppress(OSError):
        for sent in range(messages):
            connection.sendall(message)
    return sent


def test_a_client_that_never_reads_is_closed_with_1008_and_costs_little_memory(cluster):
    gateway = cluster.gateway("--pool", "prime=2")
    with raw.open_websocket(gateway, "/ws/prime", receive_buffer=4096) as connection:
        before = gateway.resident_bytes()
        ask_without_reading(connection, 50)
        grown = gateway.resident_bytes() - before
        connection.settimeout(seconds(15))
        code = raw.receive_close(connection)
    print(f"the gateway grew by {grown / MIB:.1f} MiB")
    assert code == 1008
    assert grown < 64 * MIB * FACTOR
    eventually(lambda: gateway.connections("websocket") == 0, seconds(10), "closed")


def test_a_client_that_neither_reads_nor_sends_is_closed(cluster):
    gateway = cluster.gateway("--pool", "prime=2", "--write-timeout", "500ms")
    with raw.open_websocket(gateway, "/ws/prime", receive_buffer=4096) as connection:
        ask_without_reading(connection, 20)
        eventually(lambda: gateway.connections("websocket") == 0, seconds(10), "closed")


def test_a_client_that_does_not_answer_pings_is_closed(cluster):
    flags = ("--ping-interval", "200ms", "--pong-timeout", "200ms")
    gateway = cluster.gateway("--pool", "prime=1", *flags)
    with raw.open_websocket(gateway) as connection:
        assert raw.receive_frame(connection)[0] == raw.PING
        raw.receive_all(connection)
    eventually(lambda: gateway.connections("websocket") == 0, seconds(5), "closed")


@pytest.mark.parametrize("path", ["/v1/ws", "/ws/prime"])
def test_a_message_over_1_mib_is_closed_with_1009(cluster, path):
    gateway = cluster.gateway("--pool", "prime=1")

    async def send(deflate):
        async with dial(gateway.ws(path), compression=deflate) as socket:
            with contextlib.suppress(websockets.ConnectionClosed):
                await socket.send("9" * (MIB + 1))
                await socket.recv()
            return socket.close_code

    assert asyncio.run(send(None)) == 1009
    assert asyncio.run(send("deflate")) == 1009


def test_a_message_that_announces_too_much_is_refused_unread(cluster):
    gateway = cluster.gateway("--pool", "prime=1")
    with raw.open_websocket(gateway) as connection:
        connection.sendall(raw.frame(raw.TEXT, b"x", length=1 << 40))
        assert raw.receive_close(connection) == 1009


GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1/call/prime HTTP/1.1\r\nHost: x\r\n"

OVERSIZED = [
    (GET + b"X: " + b"y" * 9_000, 431),
    (GET + b"A: b\r\n" * 150, 431),
    (POST + b"Content-Length: 1048577\r\n\r\n", 413),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n100001\r\n" + b"9" * (MIB + 1), 413),
]


def test_oversized_requests_are_refused_with_their_status(cluster):
    gateway = cluster.gateway("--pool", "prime=1")
    for request, status in OVERSIZED:
        with raw.connect(gateway) as connection:
            with contextlib.suppress(ConnectionError):  # it may have seen enough
                connection.sendall(request)
            answer = raw.receive_all(connection)
            assert answer.startswith(b"HTTP/1.1 %d " % status), (request[:80], answer[:200])


def test_too_many_questions_at_once_are_refused_and_the_others_answered(cluster):
    gateway = cluster.gateway("--pool", "prime=2", "--max-waiting-per-connection", "100")
    total = count(8_000)

    async def ask():
        async with dial(gateway.ws("/ws/prime")) as socket:
            await socket.send(" ".join(["97"] * total))
            return [await asyncio.wait_for(socket.recv(), seconds(10)) for _ in range(total)]

    answers = asyncio.run(ask())
    right = answers.count("97 is a prime number")
    assert right >= 100
    assert all(answer.startswith("error: ") for answer in answers if answer[:3] != "97 ")
