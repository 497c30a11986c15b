"""What a service manager sees: sd_notify, and client ports that it holds and passes."""

import asyncio
import contextlib
import http.client
import json
import signal
import socket
import threading
import time

import pytest
import websockets

import raw
from cluster import eventually
from notices import service_manager
from processes import run
from rpc import Rpc, dial
from scale import seconds


@pytest.fixture
def manager():
    with service_manager() as notices:
        yield notices


@pytest.fixture
def port():
    """A listening socket of the test, which outlives the gateways that accept at it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        yield listening


def test_a_gateway_tells_when_it_listens_who_works_for_it_and_when_it_drains(cluster, manager):
    gateway = cluster.gateway(environment=manager.environment)
    about = rf"STATUS=listening on 127\.0\.0\.1:{gateway.port} \(clients\), \S+ \(cluster\)"
    assert manager.wait_for("READY=1") == 1
    assert manager.wait_for(about) == 2
    cluster.worker(gateway, name="w")
    manager.wait_for(about + "; 1 worker")
    gateway.terminate()
    assert gateway.wait() == 0
    stopping = manager.wait_for("STOPPING=1")
    assert manager.lines()[stopping:] == ["STATUS=draining"]


def test_a_worker_is_ready_when_it_has_joined_a_gateway_and_tells_how_many_it_has(cluster, manager):
    gateways = [cluster.gateway() for _ in range(2)]
    gateways[1].stop()
    worker = cluster.worker(*gateways, environment=manager.environment)
    first = manager.wait_for(r"STATUS=joined 1 of 2 gateways")
    assert manager.lines()[first - 2 : first - 1] == ["READY=1"]
    gateways[1].resume()
    both = manager.wait_for(r"STATUS=joined 2 of 2 gateways", behind=first)
    gateways[0].kill()
    one = manager.wait_for(r"STATUS=joined 1 of 2 gateways", behind=both)
    assert manager.lines().count("READY=1") == 1
    worker.terminate()
    assert worker.wait() == 0
    stopping = manager.wait_for("STOPPING=1", behind=one)
    assert manager.lines()[stopping:] == ["STATUS=draining"]


def watched(manager):
    return {**manager.environment, "WATCHDOG_USEC": str(seconds(400_000))}


def test_live_processes_feed_the_watchdog(cluster, manager):
    with service_manager() as of_worker:
        gateway = cluster.gateway("--io-threads", "2", environment=watched(manager))
        cluster.worker(gateway, environment=watched(of_worker))
        for notices in (manager, of_worker):
            begin = time.monotonic()
            first = notices.wait_for("WATCHDOG=1")
            later = notices.wait_for("WATCHDOG=1", behind=first)
            notices.wait_for("WATCHDOG=1", behind=later)
            assert time.monotonic() - begin < seconds(2)


def test_without_a_watchdog_nothing_is_fed(cluster, manager):
    gateway = cluster.gateway(environment=manager.environment)
    cluster.worker(gateway, name="w")
    manager.wait_for(r"STATUS=.*; 1 worker")
    assert "WATCHDOG=1" not in manager.lines()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_passed_socket_is_the_client_port(cluster, port, threads):
    flags = ("--io-threads", str(threads), "--pool", "prime=1")
    gateway = cluster.gateway(*flags, sockets=[port])
    assert gateway.port == port.getsockname()[1]
    assert all(gateway.call("prime", {"n": n}).status == 200 for n in range(20))
    # It is still the test's own: a gateway's end shuts down nothing.
    gateway.terminate()
    assert gateway.wait() == 0
    successor = cluster.gateway(*flags, sockets=[port])
    assert successor.port == gateway.port
    assert successor.call("prime", {"n": 97}).status == 200


def test_several_sockets_are_served_and_shown(cluster, port):
    with socket.socket() as second:
        second.bind(("127.0.0.2", 0))
        second.listen()
        gateway = cluster.squall(
            *("gateway", "--cluster", "", "--store", "memory:", "--listen", "127.0.0.1:1"),
            sockets=[port, second],
        )
        places = [listening.getsockname() for listening in (port, second)]
        shown = ", ".join(f"{host}:{number}" for host, number in places)
        gateway.out.wait_for(f"^listening on {shown} \\(clients\\)$")
        for host, number in places:
            with contextlib.closing(http.client.HTTPConnection(host, number)) as connection:
                connection.request("GET", "/readyz")
                assert connection.getresponse().status == 200


def not_listening():
    return socket.socket()


def of_datagrams():
    return socket.socket(type=socket.SOCK_DGRAM)


@pytest.mark.parametrize("make", [not_listening, of_datagrams])
def test_a_passed_socket_of_another_sort_is_refused(cluster, make):
    with make() as odd:
        odd.bind(("127.0.0.1", 0))
        gateway = cluster.squall("gateway", "--store", "memory:", sockets=[odd])
        assert gateway.wait() == 2
        gateway.err.wait_for("error: LISTEN_FDS: descriptor 3 is no TCP socket that listens")


def test_sockets_for_another_process_are_left_alone():
    told = run(
        *("gateway", "--store", "memory:", "--listen", "nowhere"),
        environment={"LISTEN_FDS": "1", "LISTEN_PID": "1"},
    )
    assert told.returncode == 2 and "--listen nowhere" in told.stderr


class Callers:
    """Clients that open a connection for each call, as fast as they can."""

    def __init__(self, gateway, count=4):
        self.answers, self.failures = [], []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(gateway,)) for _ in range(count)]

    def _call(self, gateway):
        while not self._over.is_set():
            try:
                answer = gateway.call("prime", {"n": 97})
                self.answers.append(answer.status)
            except OSError as error:  # refused, reset, or closed without an answer
                self.failures.append(repr(error))
            except http.client.HTTPException as error:
                self.failures.append(repr(error))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.parametrize("threads", [1, 2])
def test_of_two_gateways_at_one_socket_one_ends_and_no_client_sees_it(cluster, port, threads):
    flags = ("--io-threads", str(threads), "--pool", "prime=1")
    first, second = (cluster.gateway(*flags, sockets=[port]) for _ in range(2))
    with Callers(second) as callers:
        for ending in (first, second):
            eventually(lambda: len(callers.answers) > 500, seconds(30), "calls")
            ending.terminate()
            assert ending.wait(seconds(20)) == 0
            before = len(callers.answers)
            eventually(lambda: len(callers.answers) > before + 200, seconds(30), "calls")
            if ending is first:
                callers.answers.clear()
                cluster.gateway(*flags, sockets=[port])
    assert callers.failures == []
    assert set(callers.answers) == {200}


def status_of(connection):
    """What a gateway says to the question whether it is ready, on a connection that goes on."""
    connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
    return connection.recv(4096).split()[1]


def test_a_request_that_comes_in_the_drain_on_an_accepted_connection_is_answered(cluster, port):
    gateway = cluster.gateway("--pool", "prime=1", sockets=[port])
    with raw.connect(gateway) as fresh, raw.connect(gateway) as used, raw.connect(gateway) as third:
        assert status_of(used) == status_of(third) == b"200"
        eventually(lambda: gateway.connections("http") >= 4, seconds(5), "all are accepted")
        gateway.terminate()
        eventually(lambda: status_of(third) == b"503", seconds(5), "it drains")
        for connection in (used, fresh):
            connection.sendall(b"GET /v1/call/prime?n=97 HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = raw.receive_all(connection)
            assert answer.startswith(b"HTTP/1.1 200 ") and b"Connection: close" in answer
    assert gateway.wait() == 0


def test_websocket_clients_of_a_passed_socket_get_their_answers_and_1001(cluster, port):
    gateway = cluster.gateway("--pool", "sleep=100", sockets=[port])

    async def drain():
        async with dial(gateway.ws()) as socket_:
            rpc = Rpc(socket_)
            calls = [await rpc.submit("sleep", {"ms": 300}) for _ in range(50)]
            await rpc.call("ping")
            gateway.terminate()
            answers = await asyncio.wait_for(asyncio.gather(*calls), seconds(30))
            return answers, await rpc.closed()

    answers, code = asyncio.run(drain())
    assert all("result" in answer for answer in answers)
    assert code == 1001
    assert gateway.wait() == 0
