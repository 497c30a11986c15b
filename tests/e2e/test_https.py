"""HTTPS and wss on the client port."""

import asyncio
import json
import signal
import socket
import ssl

import pytest
import websockets

from certificates import Authority
from cluster import eventually
from processes import run
from scale import seconds
from secure import HOST, flags, get, https, trusting


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("https"))


@pytest.fixture(scope="module")
def files(authority):
    return authority.sign("server", HOST)


@pytest.fixture(scope="module")
def gateway(module_cluster, files):
    return module_cluster.gateway(*flags(files), "--pool", "prime=2", "--echo", "--header-timeout", "1s")


def serial(gateway, context):
    with socket.create_connection(("127.0.0.1", gateway.port), seconds(10)) as plain:
        with context.wrap_socket(plain, server_hostname=HOST) as safe:
            return safe.getpeercert()["serialNumber"]


def test_requests_of_any_size_go_both_ways_on_one_connection(gateway, authority):
    connection = https(gateway, trusting(authority))
    for body in (b"", b"x", b"y" * 100_000, b"z" * 1_000_000):
        connection.request("POST", "/echo", body, {"Content-Type": "application/octet-stream"})
        assert connection.getresponse().read() == body
    connection.request("GET", "/v1/call/prime?n=97")
    assert json.loads(connection.getresponse().read())["prime"] is True
    connection.close()


def test_websockets_are_spoken_behind_tls(gateway, authority):
    async def play():
        uri = f"wss://{HOST}:{gateway.port}/ws/prime"
        async with websockets.connect(uri, ssl=trusting(authority)) as peer:
            await peer.send("97 98")
            return [await peer.recv(), await peer.recv()]

    assert asyncio.run(play()) == ["97 is a prime number", "98 is not a prime number"]


def test_a_reader_that_is_slow_gets_all_of_a_large_answer(gateway, authority):
    with socket.create_connection((HOST, gateway.port), seconds(20)) as plain:
        with trusting(authority).wrap_socket(plain, server_hostname=HOST) as peer:
            body = b"q" * 1_000_000
            head = f"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            peer.sendall(head.encode() + body)
            got = b""
            while piece := peer.recv(1_000):
                got += piece
            assert got.endswith(body)  # and behind it came close_notify: recv would raise without


def test_tls_1_2_and_http_1_1_are_spoken_and_nothing_older_or_newer(gateway, authority):
    context = trusting(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert get(gateway, context)[0] == 200
    context = trusting(authority)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", gateway.port), seconds(10)) as plain:
        with context.wrap_socket(plain, server_hostname=HOST) as safe:
            assert safe.selected_alpn_protocol() == "http/1.1"
    context.set_alpn_protocols(["h2"])
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(gateway, context)


def test_plain_http_is_told_to_use_https(gateway):
    answer = gateway.get("/hello")
    assert answer.status == 400 and b"https://" in answer.body


def test_who_stops_in_the_handshake_is_dropped_and_disturbs_nobody(gateway, authority):
    silent = [socket.create_connection(("127.0.0.1", gateway.port), seconds(20)) for _ in range(20)]
    for each in silent[10:]:
        each.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a record that never ends
    assert get(gateway, trusting(authority))[0] == 200
    for each in silent:
        assert each.recv(1_000) == b""  # --header-timeout is over
        each.close()


def test_a_new_certificate_is_shown_after_sighup_and_a_wrong_one_never(cluster, authority, tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"

    def install(files):
        certificate.write_bytes(files[0].read_bytes())
        key.write_bytes(files[1].read_bytes())

    install(authority.sign("first", HOST))
    gateway = cluster.gateway(*flags((certificate, key)))
    context = trusting(authority)
    first = serial(gateway, context)
    old = https(gateway, context)
    old.request("GET", "/hello")
    assert old.getresponse().read()
    key.write_text("no key")
    gateway.send_signal(signal.SIGHUP)
    gateway.err.wait_for("the certificate from before stays", seconds(10))
    assert serial(gateway, context) == first
    install(authority.sign("second", HOST))
    gateway.send_signal(signal.SIGHUP)
    eventually(lambda: serial(gateway, context) != first, seconds(10), "the new certificate")
    old.request("GET", "/hello")
    assert old.getresponse().status == 200
    old.close()
    gateway.terminate()
    assert gateway.wait() == 0


@pytest.mark.parametrize(
    "given, said",
    [
        (("--tls-cert", "{cert}"), "--tls-cert and --tls-key go together"),
        (("--tls-cert", "/nowhere", "--tls-key", "{key}"), "/nowhere cannot be read: No such file"),
        (("--tls-cert", "{cert}", "--tls-key", "{cert}"), "cannot be used"),
    ],
)
def test_files_that_cannot_work_are_refused_at_the_start(files, given, said):
    words = [word.format(cert=files[0], key=files[1]) for word in given]
    done = run("gateway", "--listen", "127.0.0.1:0", "--cluster", "", "--store", "memory:", *words)
    assert done.returncode == 2 and said in done.stderr
