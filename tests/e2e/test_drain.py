"""Signals: a drain answers what was taken, a second signal ends at once."""

import asyncio
import contextlib
import signal
import time

import pytest
import websockets

import raw
from cluster import eventually
from load import is_right
from rpc import Rpc, connect, dial
from scale import count, seconds


async def ask_until_closed(gateway, asking):
    """Asks without a pause until the gateway closes; what was asked and the close code."""
    async with dial(gateway.ws()) as socket_:
        rpc = Rpc(socket_)
        calls = []
        with contextlib.suppress(ConnectionError, websockets.ConnectionClosed):
            for n in range(1 << 30):
                calls.append((n % 1000, await rpc.submit("prime", {"n": n % 1000})))
                asking.set()
                if n % 16 == 15:
                    await calls[-16][1]
        return calls, await rpc.closed()


def check_drained(calls, code):
    """Calls are answered right, or refused because the gateway drains; those without any answer
    are the last ones, which were on their way when it closed."""
    assert code == 1001
    is_answered = [call.done() and not call.exception() for _, call in calls]
    assert is_answered == sorted(is_answered, reverse=True)
    answers = [(n, call.result()) for (n, call), done in zip(calls, is_answered) if done]
    refused = [answer["error"]["data"]["code"] for _, answer in answers if "error" in answer]
    assert set(refused) <= {"unavailable"}
    assert all(is_right(n, answer) for n, answer in answers if "result" in answer)
    assert len(calls) - len(answers) <= 32


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_gateway_under_load_answers_its_calls_and_closes_with_1001(cluster, number):
    gateway = cluster.gateway()
    cluster.worker(gateway, name="w")
    gateway.wait_for_workers("w")

    async def drain():
        asking = [asyncio.Event() for _ in range(8)]
        clients = [asyncio.ensure_future(ask_until_closed(gateway, event)) for event in asking]
        for event in asking:
            await asyncio.wait_for(event.wait(), seconds(10))
        gateway.send_signal(number)
        return await asyncio.wait_for(asyncio.gather(*clients), seconds(30))

    for calls, code in asyncio.run(drain()):
        check_drained(calls, code)
    assert gateway.wait(seconds(10)) == 0


def test_calls_taken_before_the_drain_are_all_answered(cluster):
    gateway = cluster.gateway()
    cluster.worker(gateway, pools=["sleep=100"], name="w")
    gateway.wait_for_workers("w")
    total = count(2_000)

    async def drain():
        async with dial(gateway.ws()) as socket_:
            rpc = Rpc(socket_)
            calls = [await rpc.submit("sleep", {"ms": 20}) for _ in range(total)]
            await rpc.call("ping")  # whatever was sent before has been read
            gateway.terminate()
            answers = await asyncio.wait_for(asyncio.gather(*calls), seconds(30))
            return answers, await rpc.closed()

    answers, code = asyncio.run(drain())
    assert len(answers) == total and all("result" in answer for answer in answers)
    assert code == 1001
    assert gateway.wait() == 0


def start_long_call(gateway, ms):
    """An HTTP call that runs when this returns; its connection."""
    connection = raw.connect(gateway)
    params = b'{"ms":%d}' % ms
    head = b"POST /v1/call/sleep HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    connection.sendall(head % len(params) + params)
    gateway.wait_for_kind("sleep", in_flight=1)
    return connection


def test_an_http_call_is_answered_in_the_drain_and_its_connection_closed(cluster):
    gateway = cluster.gateway("--pool", "sleep=4")
    with start_long_call(gateway, seconds(500)) as connection:
        gateway.terminate()
        answer = raw.receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer
    assert gateway.wait() == 0


def is_unready(gateway):
    with contextlib.suppress(ConnectionError):  # opened just before the drain, closed as idle
        return gateway.get("/readyz").status == 503


def test_readiness_is_gone_while_a_gateway_drains(cluster):
    gateway = cluster.gateway("--pool", "sleep=4")
    with start_long_call(gateway, seconds(1_500)):
        assert gateway.get("/readyz").status == 200
        gateway.terminate()
        eventually(lambda: is_unready(gateway), seconds(1), "not ready")
        assert gateway.get("/livez").status == 200
        assert gateway.cluster()["gateways"][0]["draining"] is True
    assert gateway.wait() == 0


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_gateway_at_once(cluster, first):
    gateway = cluster.gateway("--pool", "sleep=4")
    with start_long_call(gateway, 25_000):
        gateway.send_signal(first)
        gateway.err.wait_for("(?i)drain")
        assert gateway.is_running()
        begin = time.monotonic()
        gateway.send_signal(first)
        assert gateway.wait() != 0
        assert time.monotonic() - begin < seconds(1)


def test_a_drain_ends_when_its_time_has_passed(cluster):
    gateway = cluster.gateway("--pool", "sleep=4", "--drain-timeout", "300ms")
    with start_long_call(gateway, 25_000):
        gateway.terminate()
        assert gateway.wait(seconds(5)) == 1


def test_a_worker_finishes_what_runs_and_a_second_signal_ends_it_at_once(cluster):
    gateway = cluster.gateway()
    workers = [cluster.worker(gateway, pools=["sleep=1"], name=name) for name in ("a", "b")]
    gateway.wait_for_workers("a", "b")

    async def drain_one_and_end_the_other():
        async with connect(gateway) as rpc:
            calls = [await rpc.submit("sleep", {"ms": seconds(700)}) for _ in range(2)]
            await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=2)
            workers[0].terminate()
            answers = await asyncio.wait_for(asyncio.gather(*calls), seconds(20))
            long_call = await rpc.submit("sleep", {"ms": 25_000})
            await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
            workers[1].terminate()
            await asyncio.to_thread(workers[1].err.wait_for, "(?i)drain")
            workers[1].terminate()
            code = await asyncio.to_thread(workers[1].wait, seconds(2))
            long_call.cancel()
            return answers, code

    answers, second_code = asyncio.run(drain_one_and_end_the_other())
    assert all("result" in answer for answer in answers)
    assert workers[0].wait() == 0
    assert second_code != 0


def test_a_gateway_that_drains_tells_new_clients_so(cluster):
    gateway = cluster.gateway("--pool", "sleep=4")
    with start_long_call(gateway, seconds(1_000)):
        gateway.terminate()
        eventually(lambda: is_unready(gateway), seconds(1), "not ready")
        late = raw.answer_to(gateway, raw.handshake(gateway))
        assert late.startswith(b"HTTP/1.1 503 ")
        refused = gateway.call("sleep", {"ms": 1})
        assert (refused.status, refused.json()["code"]) == (503, "unavailable")
    assert gateway.wait() == 0
