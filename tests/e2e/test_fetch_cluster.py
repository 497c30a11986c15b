"""Many fetches, and fetches whose client or worker goes away."""

import asyncio
import contextlib
import resource
from pathlib import Path

import pytest

from fetching import fetch, start
from odd_server import OddServer
from rpc import connect
from scale import count, seconds


@pytest.fixture
def server():
    with OddServer() as server:
        yield server


def threads(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("Threads:")[1].split()[0])


@contextlib.contextmanager
def many_files():
    """This process holds a connection for each of the transfers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_2_000_slow_transfers_wait_at_once_on_one_thread(cluster, server):
    total = count(2_000)
    gateway, (worker,) = start(cluster, "--fetch-allow", "127.0.0.1", "--fetch-per-host", "2500",
                               pools=["fetch=2500"])
    fetch(gateway, server.url("/plain"))
    threads_before, before = threads(worker), worker.resident_bytes()

    async def hold_them():
        async with connect(gateway) as rpc:
            calls = [await rpc.submit("fetch", {"url": server.url("/holdbody")})
                     for _ in range(total)]
            await asyncio.to_thread(server.wait_for_held, total)
            during = threads(worker), worker.resident_bytes()
            server.release()
            return during, await asyncio.wait_for(asyncio.gather(*calls), seconds(20))

    with many_files():
        (threads_during, during), answers = asyncio.run(hold_them())
    print(f"{total} transfers: {during / 2**20:.0f} MiB resident, {before / 2**20:.0f} MiB before, "
          f"{(during - before) / total / 1024:.1f} KiB each; {threads_during} threads")
    assert threads_during == threads_before
    assert {answer["result"]["body"] for answer in answers} == {"first second"}


def test_no_more_transfers_go_to_one_host_than_allowed(cluster, server):
    gateway, _ = start(cluster, "--fetch-allow", "127.0.0.1", "--fetch-per-host", "3")

    async def ask():
        async with connect(gateway) as rpc:
            calls = [await rpc.submit("fetch", {"url": server.url("/hold")}) for _ in range(10)]
            await asyncio.to_thread(server.wait_for_held, 3)
            with OddServer() as other:  # another origin does not wait behind them
                assert (await rpc.call("fetch", {"url": other.url("/plain")}))["status"] == 200
            assert server.held == 3
            server.release()
            return await asyncio.wait_for(asyncio.gather(*calls), seconds(10))

    assert all(answer["result"]["status"] == 200 for answer in asyncio.run(ask()))
    assert server.connections <= 3


def test_a_client_that_goes_aborts_its_transfers(cluster, server):
    gateway, _ = start(cluster, "--fetch-allow", "127.0.0.1")

    async def leave(end):
        async with connect(gateway) as rpc:
            calls = [await rpc.submit("fetch", {"url": server.url(path)})
                     for path in ("/hold", "/holdbody")]
            await asyncio.to_thread(server.wait_for_held, 2)
            await end(rpc, calls)

    async def disconnect(rpc, _):
        rpc.socket.transport.abort()

    async def cancel(rpc, calls):
        for call in calls:
            assert await rpc.call("cancel", {"id": call.id}) == {"cancelled": True}

    for end in (disconnect, cancel):
        server.gone.clear()
        asyncio.run(leave(end))
        for path in ("/hold", "/holdbody"):
            server.wait_for_gone(path)
        gateway.wait_for_kind("fetch", in_flight=0, waiting=0)
    assert fetch(gateway, server.url("/plain"))["body"] == "plain"


def test_a_list_is_answered_in_its_order_by_all_workers(cluster, server):
    gateway, _ = start(cluster, "--fetch-allow", "127.0.0.1", workers=("one", "two"))
    requests = [{"url": server.url(f"/echo?n={n}")} for n in range(count(200))]
    requests[7] = {"url": "http://10.0.0.1/"}
    requests[11] = {"url": server.url("/nothing")}
    answers = gateway.call("fetch", {"requests": requests}).json()["answers"]
    assert len(answers) == len(requests)
    for n, answer in enumerate(answers):
        if n == 7:
            assert answer["error"]["reason"] == "blocked"
        elif n == 11:
            assert answer["status"] == 404
        else:
            assert answer["url"] == requests[n]["url"]
            assert f'"n": "{n}"' in answer["body"]
    done = [pool["done"] for worker in gateway.cluster()["workers"] for pool in worker["pools"]]
    assert len(done) == 2 and min(done) > 0, done


def test_a_list_has_1_to_1_000_requests(cluster, server):
    gateway, _ = start(cluster, "--fetch-allow", "127.0.0.1")
    for size, status in ((0, 422), (1, 200), (1_000, 200), (1_001, 422)):
        answer = gateway.call("fetch", {"requests": [{"url": server.url("/plain")}] * size})
        assert answer.status == status, (size, answer.body[:200])


def lose_the_first_worker(cluster, server, params):
    """The answer to a fetch whose request was at the server when its worker was killed."""
    flags = ["--fetch-allow", "127.0.0.1"]
    gateway, (worker,) = start(cluster, *flags, workers=("first",))

    async def lose_it():
        async with connect(gateway) as rpc:
            call = await rpc.submit("fetch", params)
            await asyncio.to_thread(server.wait_for_held, 1)
            cluster.worker(gateway, pools=["fetch=50"], name="second", flags=flags)
            await asyncio.to_thread(gateway.wait_for_workers, "first", "second")
            worker.kill()
            await asyncio.to_thread(server.wait_for_gone, "/hold")
            server.release()
            return await asyncio.wait_for(call, seconds(10))

    return asyncio.run(lose_it()), gateway.kind("fetch")["redone"]


@pytest.mark.parametrize("method", [None, "GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_an_idempotent_fetch_is_redone_when_its_worker_dies(cluster, server, method):
    params = {"url": server.url("/hold"), **({"method": method} if method else {})}
    answer, redone = lose_the_first_worker(cluster, server, params)
    assert (answer["result"]["status"], redone) == (200, 1)
    assert server.paths() == ["/hold", "/hold"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_another_is_not_sent_twice(cluster, server, method):
    params = {"url": server.url("/hold"), "method": method, "body": "pay"}
    answer, redone = lose_the_first_worker(cluster, server, params)
    assert (answer["error"]["data"]["code"], redone) == ("worker_lost", 0)
    assert server.paths() == ["/hold"]


def test_a_list_with_one_that_may_not_be_sent_twice_is_not(cluster, server):
    requests = [{"url": server.url("/hold")}, {"url": server.url("/plain"), "method": "POST"}]
    answer, redone = lose_the_first_worker(cluster, server, {"requests": requests})
    assert (answer["error"]["data"]["code"], redone) == ("worker_lost", 0)
    assert sorted(server.paths()) == ["/hold", "/plain"]
