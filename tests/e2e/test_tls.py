"""The cluster's port with mutual TLS, and without any protection beyond loopback."""

import shutil
import subprocess

import pytest

from cluster import eventually
from scale import seconds


def certificate(folder, name, authority=None):
    """A key and a certificate, by `authority` or by itself; gives the flags that name them."""
    key, pem = folder / f"{name}.key", folder / f"{name}.pem"
    openssl = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key]
    if authority is None:
        subprocess.run([*openssl, "-x509", "-days", "2", "-out", pem], check=True, capture_output=True)
        return pem
    request = folder / f"{name}.csr"
    subprocess.run([*openssl, "-out", request], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", authority, "-CAkey",
                    authority.with_suffix(".key"), "-CAcreateserial", "-days", "2", "-out", pem],
                   check=True, capture_output=True)
    return ["--cluster-cert", pem, "--cluster-key", key, "--cluster-ca", authority]


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    assert shutil.which("openssl"), "install openssl"
    folder = tmp_path_factory.mktemp("tls")
    ours, other = certificate(folder, "ours"), certificate(folder, "other")
    return {"gateway": certificate(folder, "gateway", ours), "worker": certificate(folder, "worker", ours),
            "stranger": certificate(folder, "stranger", other)}


def test_workers_with_a_certificate_of_the_cluster_join_and_others_do_not(cluster, authorities):
    gateway = cluster.gateway(*authorities["gateway"])
    for name, flags in (("stranger", authorities["stranger"]), ("plain", [])):
        refused = cluster.worker(gateway, name=name, flags=flags)
        refused.err.wait_for("not joined", seconds(20))
        refused.terminate()
        assert refused.wait() == 0
    cluster.worker(gateway, name="ours", flags=authorities["worker"])
    gateway.wait_for_workers("ours", timeout=seconds(20))
    assert gateway.call("prime", {"n": "97"}).json()["prime"] is True
    eventually(lambda: gateway.worker_names() == ["ours"], seconds(10), "only the known worker")


def test_an_open_cluster_port_needs_tls_or_a_word(cluster):
    refused = cluster.squall("gateway", "--listen", "127.0.0.1:0", "--cluster", "0.0.0.0:0")
    refused.err.wait_for("--insecure-cluster")
    assert refused.wait() == 2
