"""The cluster's port with mutual TLS, and without any protection beyond loopback."""

import asyncio
import contextlib
import shutil
import socket
import ssl

import pytest

from certificates import Authority
from cluster import eventually
from load import Load, under_load
from processes import run
from scale import seconds


def authority(folder, *names):
    """The folders of these names, by an authority that is made in `folder`."""
    assert run("certs", "init", str(folder)).returncode == 0
    for name in names:
        assert run("certs", "issue", str(folder), name).returncode == 0
    return {name: folder / name for name in names}


def named(folder):
    """The same files by the three flags."""
    return ["--cluster-cert", folder / "cert.pem", "--cluster-key", folder / "key.pem",
            "--cluster-ca", folder / "ca.pem"]


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return {**authority(folder / "ours", "gateway", "worker"),
            **authority(folder / "other", "stranger")}


def test_workers_with_a_certificate_of_the_cluster_join_and_others_do_not(cluster, hosts):
    gateway = cluster.gateway("--cluster-tls", hosts["gateway"])
    for name, flags in (("stranger", ["--cluster-tls", hosts["stranger"]]), ("plain", [])):
        refused = cluster.worker(gateway, name=name, flags=flags)
        refused.err.wait_for("not joined", seconds(20))
        refused.terminate()
        assert refused.wait() == 0
    for reason in ("it broke off: .*unknown ca", "it does not speak TLS"):
        gateway.err.wait_for(r"a connection from 127\.0\.0\.1:\d+ to the cluster port was refused: " + reason)
    cluster.worker(gateway, name="ours", flags=named(hosts["worker"]))
    gateway.wait_for_workers("ours", timeout=seconds(20))
    assert gateway.call("prime", {"n": "97"}).json()["prime"] is True
    eventually(lambda: gateway.worker_names() == ["ours"], seconds(10), "only the known worker")


def test_an_open_cluster_port_needs_tls_or_a_word(cluster):
    refused = cluster.squall("gateway", "--listen", "127.0.0.1:0", "--cluster", "0.0.0.0:0")
    refused.err.wait_for("--cluster-tls.*--insecure-cluster")
    assert refused.wait() == 2


def gateway_says(*flags):
    """What a gateway says that does not begin."""
    told = run("gateway", "--listen", "127.0.0.1:0", "--cluster", "127.0.0.1:0",
               "--store", "memory:", *map(str, flags))
    assert told.returncode == 2, told.stderr
    return told.stderr


def test_files_that_cannot_work_are_told_before_anything_begins(hosts, tmp_path):
    assert "do not go with it" in gateway_says("--cluster-tls", hosts["gateway"], *named(hosts["gateway"]))
    assert "no ca.pem, cert.pem, key.pem" in gateway_says("--cluster-tls", tmp_path)
    mixed = shutil.copytree(hosts["gateway"], tmp_path / "mixed")
    shutil.copy(hosts["worker"] / "key.pem", mixed / "key.pem")
    assert "is not the key of" in gateway_says("--cluster-tls", mixed)


def test_an_expired_certificate_is_told_before_anything_begins(tmp_path):
    old = Authority(tmp_path)
    certificate, key = old.sign("old", "old.example", end="20250101000000Z")
    told = gateway_says("--cluster-cert", certificate, "--cluster-key", key, "--cluster-ca", old.certificate)
    assert "has expired" in told and "squall certs issue" in told


def test_a_key_that_others_can_read_is_told_of(cluster, hosts, tmp_path):
    folder = shutil.copytree(hosts["gateway"], tmp_path / "open")
    (folder / "key.pem").chmod(0o644)
    gateway = cluster.gateway("--cluster-tls", folder)
    gateway.err.wait_for("key.pem can be read by others")


def without_certificate(gateway, folder):
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    context.check_hostname = False
    with (socket.create_connection(("127.0.0.1", gateway.cluster_port)) as plain,
          context.wrap_socket(plain) as connection, contextlib.suppress(ssl.SSLError, ConnectionError)):
        connection.recv(1)


def with_certificate_of(folder, gateway):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with (socket.create_connection(("127.0.0.1", gateway.cluster_port)) as plain,
          context.wrap_socket(plain) as connection, contextlib.suppress(ssl.SSLError, ConnectionError)):
        connection.recv(1)


def with_garbage(gateway):
    with (socket.create_connection(("127.0.0.1", gateway.cluster_port)) as plain,
          contextlib.suppress(ConnectionError)):
        plain.sendall(b"GET / HTTP/1.1\r\nHost: cluster\r\n\r\n")
        plain.recv(1)


def test_strangers_are_logged_with_their_address_and_disturb_no_worker(cluster, hosts):
    gateway = cluster.gateway("--cluster-tls", hosts["gateway"])
    names = ("a", "b", "c")
    for name in names:
        cluster.worker(gateway, name=name, pools=("prime=1",), flags=("--cluster-tls", hosts["worker"]))
    gateway.wait_for_workers(*names, timeout=seconds(20))

    async def bother():
        load = Load(gateway, connections=8)
        async with under_load(load):
            for _ in range(10):
                await asyncio.to_thread(without_certificate, gateway, hosts["gateway"])
                await asyncio.to_thread(with_certificate_of, hosts["stranger"], gateway)
                await asyncio.to_thread(with_garbage, gateway)
        assert not load.wrong

    asyncio.run(bother())
    refused = r"a connection from 127\.0\.0\.1:\d+ to the cluster port was refused: "
    for reason in ("it has shown no certificate", "its certificate is not accepted: ", "it does not speak TLS"):
        gateway.err.wait_for(refused + reason)
    assert gateway.err.text().count("was refused") == 3, "one line a host and reason in a minute"
    assert gateway.err.text().count("joined from") == len(names), gateway.err.text()
    assert (gateway.kind("prime")["redone"], gateway.kind("prime")["failed"]) == (0, 0)


def test_a_worker_that_dies_takes_no_other_link_with_it(cluster, hosts):
    gateway = cluster.gateway("--cluster-tls", hosts["gateway"])
    flags = ("--cluster-tls", hosts["worker"])
    workers = [cluster.worker(gateway, name=name, flags=flags) for name in ("a", "b", "c", "d")]
    gateway.wait_for_workers("a", "b", "c", "d", timeout=seconds(20))

    async def kill():
        load = Load(gateway, connections=8)
        async with under_load(load):
            for worker in workers[:2]:
                await asyncio.to_thread(worker.kill)
        assert not load.wrong

    asyncio.run(kill())
    gateway.wait_for_workers("c", "d")
    assert gateway.err.text().count("joined from") == 4, gateway.err.text()


def shown_by(gateway, folder):
    """The certificate that a gateway shows to a peer with one of the cluster's own, in DER."""
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    context.check_hostname = False
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with (socket.create_connection(("127.0.0.1", gateway.cluster_port)) as plain,
          context.wrap_socket(plain) as connection):
        return connection.getpeercert(binary_form=True)


def test_files_may_be_replaced_one_after_the_other_while_workers_join(cluster, tmp_path):
    ours = authority(tmp_path / "ours", "gateway", "worker")
    next_one = shutil.copytree(tmp_path / "ours", tmp_path / "next") / "gateway"
    assert run("certs", "issue", str(tmp_path / "next"), "gateway", "--new-key").returncode == 0
    before, after = (ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())
                     for folder in (ours["gateway"], next_one))
    gateway = cluster.gateway("--cluster-tls", ours["gateway"])
    assert shown_by(gateway, ours["worker"]) == before

    shutil.copy(next_one / "key.pem", ours["gateway"] / "key.pem")
    assert shown_by(gateway, ours["worker"]) == before
    gateway.err.wait_for("do not fit together")
    cluster.worker(gateway, name="between", flags=("--cluster-tls", ours["worker"]))
    gateway.wait_for_workers("between", timeout=seconds(20))

    shutil.copy(next_one / "cert.pem", ours["gateway"] / "cert.pem")
    assert shown_by(gateway, ours["worker"]) == after
    gateway.err.wait_for("was read again")
    assert gateway.worker_names() == ["between"]
