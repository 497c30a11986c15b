"""Tornado's clients, against what was a Tornado server before."""

import asyncio
import json

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from scale import count, seconds


@pytest.fixture(scope="module")
def gateway(module_cluster):
    gateway = module_cluster.gateway()
    module_cluster.worker(gateway, pools=["prime=2", "sleep=100"], name="w")
    gateway.wait_for_workers("w")
    return gateway


def run(scenario):
    return asyncio.run(asyncio.wait_for(scenario, seconds(60)))


@pytest.mark.parametrize("compression", [None, {}])
def test_the_guides_prime_example_with_many_numbers(gateway, compression):
    total = count(5_000)

    async def ask():
        socket = await websocket_connect(
            gateway.ws("/ws/prime"), compression_options=compression
        )
        for n in range(total):
            socket.write_message(str(n))
        answers = [await socket.read_message() for _ in range(total)]
        socket.close()
        assert await socket.read_message() is None
        return answers, socket.close_code

    answers, _ = run(ask())
    assert answers[:4] == [
        "0 is not a prime number",
        "1 is not a prime number",
        "2 is a prime number",
        "3 is a prime number",
    ]
    assert [answer.split()[0] for answer in answers] == [str(n) for n in range(total)]


def test_many_clients_at_a_time(gateway):
    async def one(n):
        socket = await websocket_connect(gateway.ws("/ws/prime"))
        socket.write_message(str(n))
        answer = await socket.read_message()
        socket.close()
        return answer

    async def all_of_them():
        return await asyncio.gather(*(one(n) for n in range(200)))

    answers = run(all_of_them())
    assert [n for n in range(20) if "not" not in answers[n]] == [2, 3, 5, 7, 11, 13, 17, 19]


def test_its_http_client(gateway):
    async def ask():
        client = AsyncHTTPClient(force_instance=True, max_clients=100)
        urls = [f"{gateway.url}/v1/call/prime?n={n}" for n in range(500)]
        answers = await asyncio.gather(*(client.fetch(url) for url in urls))
        hello = await client.fetch(gateway.url + "/hello")
        request = HTTPRequest(
            gateway.url + "/v1/call/prime", "POST", {"Content-Type": "application/json"}, '{"n":97}'
        )
        posted = await client.fetch(request)
        waited = HTTPRequest(
            gateway.url + "/v1/call/prime",
            "POST",
            {"Content-Type": "application/json"},
            '{"n":97}',
            expect_100_continue=True,
        )
        assert (await client.fetch(waited)).code == 200
        with pytest.raises(HTTPClientError) as missing:
            await client.fetch(gateway.url + "/nothing")
        client.close()
        return [json.loads(answer.body) for answer in answers], hello, posted, missing.value.code

    answers, hello, posted, missing = run(ask())
    assert [n for n in range(20) if answers[n]["prime"]] == [2, 3, 5, 7, 11, 13, 17, 19]
    assert hello.code == 200
    assert json.loads(posted.body)["prime"] is True
    assert missing == 404


def test_a_slow_call_delays_no_other(gateway):
    async def ask():
        client = AsyncHTTPClient(force_instance=True)
        order = []

        async def fetch(path, name):
            await client.fetch(gateway.url + path)
            order.append(name)

        slow = fetch(f"/v1/call/sleep?ms={seconds(500)}", "slow")
        await asyncio.gather(slow, *(fetch(f"/v1/call/prime?n={n}", "fast") for n in range(5)))
        client.close()
        return order

    assert run(ask()) == ["fast"] * 5 + ["slow"]
