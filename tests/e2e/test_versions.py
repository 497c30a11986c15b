"""Gateways and workers of different versions."""

from scale import seconds


def test_a_worker_of_another_protocol_version_is_refused_and_both_say_why(cluster):
    gateway = cluster.gateway()
    other = cluster.other_version_worker(gateway)
    why = r'worker "other" \(squall \S+\) speaks protocol \d+, this gateway .*: upgrade the gateway'
    gateway.err.wait_for(why, seconds(10))
    other.err.wait_for(why, seconds(10))
    assert gateway.worker_names() == []


def test_a_gateway_that_refused_a_worker_goes_on_with_its_own(cluster):
    gateway = cluster.gateway()
    cluster.other_version_worker(gateway)
    gateway.err.wait_for("refused: ", seconds(10))
    cluster.worker(gateway, name="own")
    gateway.wait_for_workers("own")
    assert gateway.call("prime", {"n": 97}).json()["prime"] is True
