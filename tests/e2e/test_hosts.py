"""Several hosts, each a network namespace, with mutual TLS between them: links that go down, that are
slow and lose packets, and a gateway that dies."""

import time

import pytest

from cluster import eventually
from hosts import hosts  # noqa: F401  (a fixture)
from load import IS_PRIME
from processes import run
from scale import count, seconds

POOLS = ("prime=2", "sleep=32")


@pytest.fixture
def network(hosts, tmp_path):  # noqa: F811
    """Makes a cluster of gateways, on hosts g1, g2, ..., and two workers, each with its certificate."""

    def make(gateways=1):
        folder = tmp_path / "certs"
        assert run("certs", "init", str(folder)).returncode == 0
        names = [f"g{number + 1}" for number in range(gateways)] + ["w1", "w2"]
        flags = {}
        for name in names:
            assert run("certs", "issue", str(folder), name).returncode == 0
            flags[name] = ("--cluster-tls", folder / name)
        at = {name: hosts.host(name) for name in names}
        fronts = [hosts.gateway(at[name], *flags[name]) for name in names[:gateways]]
        for name in names[gateways:]:
            hosts.worker(at[name], fronts, POOLS, *flags[name])
        for each in fronts:
            each.wait_for_workers("w1", "w2", timeout=20)
        return fronts, at, flags

    return make


def pauses(total):
    """Milliseconds to sleep, different ones, so that answers can be told from each other."""
    return [5 + number % 11 for number in range(total)]


def check(sleeps, primes):
    """Every call has its own answer."""
    assert [answer["ms"] for answer in sleeps.answers()] == sleeps.lines
    answers = primes.answers()
    assert len(answers) == len(primes.lines)
    for n, answer in zip(primes.lines, answers):
        assert (answer["n"], answer["prime"]) == (str(n), bool(IS_PRIME[n]))


def test_a_host_cut_off_amid_20_000_calls_costs_none_and_takes_part_again(hosts, network):  # noqa: F811
    (gateway,), at, _ = network()
    sleeps = hosts.client(gateway, "sleep", pauses(count(15_000)), 2_500)
    primes = hosts.client(gateway, "prime", range(count(5_000)), 800)
    eventually(lambda: gateway.kind("sleep")["done"] > count(3_000), seconds(20), "calls under way")

    at["w1"].link("down")
    begin = time.monotonic()
    eventually(lambda: set(gateway.workers()) == {"w2"} and gateway.kind("sleep")["redone"] > 0,
               seconds(3), "its calls are given to w2")
    found = time.monotonic() - begin
    check(sleeps, primes)
    kinds = {name: gateway.kind(name) for name in ("sleep", "prime")}
    assert all(kind["failed"] == kind["in_flight"] == 0 for kind in kinds.values())

    at["w1"].link("up")
    begin = time.monotonic()

    def takes_part():
        gateway.host.run("call", "sleep", "-", text="1\n" * 64)
        worker = gateway.workers().get("w1")
        return worker and sum(pool["done"] for pool in worker["pools"]) > 0

    eventually(takes_part, seconds(3), "w1 answers calls")
    print(f"cut off: found out after {found:.1f} s, {sum(kind['redone'] for kind in kinds.values())} "
          f"calls given to the other; back {time.monotonic() - begin:.1f} s after the link")


def test_on_a_slow_link_that_loses_packets_all_answers_are_right(hosts, network):  # noqa: F811
    (gateway,), at, _ = network()
    links = [hosts.slow_down(at[name], 50, 2, seed=name) for name in ("w1", "w2")]
    begin = time.monotonic()
    sleeps = hosts.client(gateway, "sleep", pauses(count(4_000)), 1_000)
    primes = hosts.client(gateway, "prime", range(count(4_000)), 1_000)
    check(sleeps, primes)
    spent = time.monotonic() - begin
    assert set(gateway.workers()) == {"w1", "w2"}
    counts = [link.end() for link in links if link]
    lost, carried = (sum(each[name] for each in counts) for name in ("lost", "carried"))
    print(f"{len(sleeps.lines) + len(primes.lines)} calls answered in {spent:.1f} s; "
          + (f"{lost} of {lost + carried} frames lost" if counts else "by netem"))
    assert not counts or 0.005 < lost / (lost + carried) < 0.05


def test_a_gateway_that_dies_is_not_noticed_by_clients_of_another(hosts, network):  # noqa: F811
    (dying, staying), at, flags = network(gateways=2)
    sleeps = hosts.client(staying, "sleep", pauses(count(8_000)), 2_000)
    primes = hosts.client(staying, "prime", range(count(4_000)), 1_000)
    eventually(lambda: staying.kind("sleep")["done"] > count(2_000), seconds(20), "calls under way")
    dying.kill()
    check(sleeps, primes)
    for name in ("sleep", "prime"):
        kind = staying.kind(name)
        assert (kind["failed"], kind["redone"]) == (0, 0), "no worker has left the other gateway"
    again = hosts.gateway(at["g1"], *flags["g1"])
    begin = time.monotonic()
    again.wait_for_workers("w1", "w2", timeout=5)
    print(f"both workers have joined it again after {time.monotonic() - begin:.1f} s")
    assert set(staying.workers()) == {"w1", "w2"}
