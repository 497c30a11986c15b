"""Addresses that the kind `fetch` does not connect to, however they are written."""

import pytest

from fetching import fault, fetch, reason, refusal, start
from odd_server import OddServer
from scale import seconds

NAT64 = "64:ff9b::7f00:1"

# Each is this machine, or a network that is nobody's business.
THIS_MACHINE = [
    "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001",
    "0177.0.0.1", "0x7f.0x0.0x0.0x1", "127.000.000.001", "127.0.0.1.", "127.255.255.254", "0",
    "0.0.0.0", "localhost", "localhost.", "LOCALHOST", "%6cocalhost", "127%2e0%2e0%2e1",
    "１２７.0.0.1", "127。0。0。1", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", f"[{NAT64}]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
]
PRIVATE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1",
    "169.254.169.254", "2852039166", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]",
    "[ff02::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[fec0::1]",
]


@pytest.fixture(scope="module")
def server():
    with OddServer() as server:
        yield server


@pytest.fixture(scope="module")
def gateway(module_cluster):
    return start(module_cluster)[0]


def outcome(gateway, url):
    """The fault's reason, or how else the call ended."""
    answer = gateway.call("fetch", {"url": url, "timeout_ms": seconds(2_000)})
    problem = answer.json()
    return problem.get("reason") or problem.get("code", "answered")


@pytest.mark.parametrize("host", THIS_MACHINE + PRIVATE)
def test_no_spelling_leads_inside(gateway, server, host):
    # A spelling may also be no URL, or a name that nobody has.
    refused = ("blocked", "invalid_params", "protocol", "dns")
    assert outcome(gateway, f"http://{host}:{server.port}/plain") in refused
    assert not server.connections


def test_the_plain_ones_are_blocked_and_not_only_refused(gateway, server):
    for host in ("127.0.0.1", "2130706433", "0x7f.1", "017700000001", "[::ffff:127.0.0.1]",
                 f"[{NAT64}]", "localhost", "0.0.0.0", "10.0.0.1", "169.254.169.254"):
        problem = fault(gateway, f"http://{host}:{server.port}/plain")
        assert problem["reason"] == "blocked", host
    assert not server.connections


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/",
                                 "dict://127.0.0.1/", "unix:///run/x", "data:,x", "javascript:1",
                                 "//127.0.0.1/", "/plain", "", "http://"])
def test_only_http_and_https_are_fetched(gateway, url):
    assert "url" in refusal(gateway, {"url": url})


def test_what_is_allowed_is_an_address_and_its_port(cluster, server):
    with OddServer() as other:
        gateway, _ = start(cluster, "--fetch-allow", f"127.0.0.1:{server.port}")
        assert fetch(gateway, server.url("/plain"))["status"] == 200
        assert reason(gateway, other.url("/plain")) == "blocked"
        assert not other.connections
        assert reason(gateway, f"http://127.0.0.2:{server.port}/") == "blocked"


def test_a_network_or_a_name_can_be_allowed(cluster):
    with OddServer() as server:
        gateway, _ = start(cluster, "--fetch-allow", "127.0.0.0/30", "--fetch-allow", "inside.test",
                           "--fetch-resolve", f"inside.test:{server.port}:127.0.0.1",
                           "--fetch-resolve", f"other.test:{server.port}:127.0.0.9")
        assert fetch(gateway, server.url("/plain"))["status"] == 200
        assert fetch(gateway, f"http://inside.test:{server.port}/plain")["status"] == 200
        assert reason(gateway, f"http://other.test:{server.port}/plain") == "blocked"


@pytest.mark.parametrize("order", ["127.0.0.3,127.0.0.2", "127.0.0.2,127.0.0.3"])
def test_of_a_names_addresses_only_the_allowed_one_is_connected_to(cluster, order):
    """Here 127.0.0.2 stands for a public address: a name may have one of each sort."""
    with OddServer("127.0.0.2") as public, OddServer("127.0.0.3", public.port) as private:
        gateway, _ = start(cluster, "--fetch-allow", "127.0.0.2",
                           "--fetch-resolve", f"both.test:{public.port}:{order}")
        url = f"http://both.test:{public.port}/plain"
        assert fetch(gateway, url)["body"] == "plain"
        public.close()
        # Nobody listens at the public one any more; the other is no way out.
        assert reason(gateway, url) == "connect"
        assert not private.connections


def test_a_name_that_means_another_address_the_next_time_is_judged_again(cluster):
    """A server that was allowed as itself redirects to a name for the inside."""
    with OddServer() as server, OddServer("127.0.0.2") as inside:
        gateway, _ = start(cluster, "--fetch-allow", "127.0.0.1",
                           "--fetch-resolve", f"rebound.test:{inside.port}:127.0.0.2")
        target = f"http%3A//rebound.test%3A{inside.port}/plain"
        assert reason(gateway, server.url(f"/redirect/302?to={target}")) == "blocked"
        assert not inside.connections
