"""Fetches through a gateway, as results or as faults."""

import json


def fetch(gateway, url, **params):
    """The result of one fetch; anything else is a failure of the test."""
    answer = gateway.call("fetch", {"url": url, **params})
    assert answer.status == 200, answer.body
    return answer.json()


def fault(gateway, url, **params):
    """The problem document of a fetch that has no answer."""
    answer = gateway.call("fetch", {"url": url, **params})
    problem = answer.json()
    assert (answer.status, problem.get("code")) == (500, "task_failed"), problem
    return problem


def reason(gateway, url, **params):
    """Why a fetch has no answer."""
    return fault(gateway, url, **params)["reason"]


def refusal(gateway, params):
    """What the gateway says of params that no worker tries."""
    answer = gateway.call("fetch", params)
    assert (answer.status, answer.json()["code"]) == (422, "invalid_params"), answer.body
    return answer.json()["detail"]


def sent_headers(answer):
    """What /echo of the odd server got."""
    return dict(json.loads(answer["body"])["headers"])


def start(cluster, *flags, pools=("fetch=50",), workers=("w",)):
    """A gateway whose workers offer `fetch` with these flags."""
    gateway = cluster.gateway()
    made = [cluster.worker(gateway, pools=pools, name=name, flags=flags) for name in workers]
    gateway.wait_for_workers(*workers)
    return gateway, made
