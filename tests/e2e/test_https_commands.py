"""The client's commands against gateways with TLS on their client port."""

import itertools
import json
import re

import pytest

from certificates import Authority
from cluster import eventually
from processes import run
from scale import seconds
from secure import HOST, flags, get, trusting


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("https"))


@pytest.fixture(scope="module")
def files(authority):
    return authority.sign("server", HOST)


@pytest.fixture(scope="module")
def gateway(module_cluster, files):
    return module_cluster.gateway(*flags(files), "--pool", "prime=2")


@pytest.fixture(scope="module")
def plain(module_cluster):
    return module_cluster.gateway("--pool", "prime=1")


@pytest.fixture
def ours(gateway, authority):
    """Runs a client's command against the gateway, which it believes."""

    def start(*words, **options):
        return run(*words, *where(gateway), "--ca", str(authority.certificate), **options)

    return start


def where(gateway, host=HOST, scheme="https"):
    return "--url", f"{scheme}://{host}:{gateway.port}"


def test_calls_and_streams_go_through_tls(gateway, ours, authority):
    done = ours("call", "prime", "97")
    assert (done.returncode, done.stderr) == (0, "") and '"prime":true' in done.stdout
    numbers = "".join(f"{n}\n" for n in range(1, 20_001))
    done = ours("call", "prime", "-", text=numbers)
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, 20_000)
    assert sum('"prime":true' in line for line in lines) == 2_262
    environment = {"SQUALL_CA": str(authority.certificate)}
    assert run("call", "prime", "97", *where(gateway, scheme="wss"), environment=environment).returncode == 0


def test_jobs_queues_schedules_and_status_are_asked_for_through_tls(ours):
    done = ours("job", "submit", "prime", '{"n": 97}', "--wait")
    assert done.returncode == 0 and '"prime":true' in done.stdout
    assert "done" in ours("job", "list").stdout
    for words in (
        ("queue", "create", "q"),
        ("queue", "put", "q", '"a"', '"b"'),
        ("queue", "consume", "q", "--drain-empty", "--exec", "cat"),
        ("schedule", "set", "tick", "prime", '{"n": 3}', "--every", "24h"),
        ("schedule", "rm", "tick"),
        ("status",),
    ):
        done = ours(*words)
        assert done.returncode == 0, done
    assert "CLIENTS AT" in done.stdout


@pytest.mark.parametrize("mode", ["ws", "call", "http"])
def test_bench_measures_through_tls(ours, mode):
    flags = "--connections 4 --in-flight 8 --warmup 100ms --seconds 300ms --json"
    done = ours("bench", mode, *flags.split())
    result = json.loads(done.stdout)
    assert (done.returncode, result["errors"]) == (0, 0) and result["answers"] > 100
    assert result["url"].startswith("https://")


COMMANDS = [("call", "prime", "97"), ("call", "prime", "-"), ("status",), ("job", "list"), ("bench", "ws"),
            ("bench", "http"), ("queue", "consume", "q", "--exec", "cat")]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_talks_to_no_gateway_that_it_cannot_believe(gateway, plain, authority, words, tmp_path):
    right, wrong = str(authority.certificate), str(Authority(tmp_path).certificate)

    def refused(*more):
        done = run(*words, *more, text="97\n")
        assert done.returncode == 3 and not done.stdout, done
        return done.stderr

    said = refused(*where(gateway), "--ca", wrong)
    assert f'"{HOST}", issued by "ca", is of no authority in {wrong}' in said and "--ca FILE" in said
    assert "the system's store" in refused(*where(gateway))
    said = refused(*where(gateway, "127.0.0.1"), "--ca", right)
    assert f"is for {HOST} and not for 127.0.0.1" in said and "--url" in said
    assert "does not speak TLS; write http://" in refused(*where(plain), "--ca", right)
    if words != ("bench", "http"):  # which opens with no handshake of its own
        assert "speaks HTTPS; write https://" in refused(*where(gateway, scheme="http"))


def test_a_certificate_that_is_over_is_refused_as_that(cluster, authority):
    old = authority.sign("old", HOST, end="20240601000000Z")
    gateway = cluster.gateway(*flags(old))
    done = run("status", *where(gateway), "--ca", str(authority.certificate))
    assert done.returncode == 3 and "has expired (it ends on 2024-06-01)" in done.stderr


def test_a_file_that_is_no_certificate_is_misuse(gateway, tmp_path):
    (tmp_path / "empty").touch()
    for file, said in (("empty", "has no certificate in PEM"), ("none", "cannot be read: No such file")):
        done = run("status", *where(gateway), "--ca", str(tmp_path / file))
        assert done.returncode == 2 and f"--ca: {tmp_path / file} {said}" in done.stderr


def test_a_certificate_of_squall_certs_will_do_with_a_token_too(cluster, tmp_path):
    certs = tmp_path / "certs"
    assert run("certs", "init", str(certs)).returncode == 0
    assert run("certs", "issue", str(certs), "front", "--host", "127.0.0.1").returncode == 0
    tokens = tmp_path / "tokens"
    token = run("token", "new", "me", "--scope", "call:*", "--file", str(tokens)).stdout.strip()
    files = certs / "front" / "cert.pem", certs / "front" / "key.pem"
    gateway = cluster.gateway(*flags(files), "--tokens", str(tokens), "--pool", "prime=1")
    words = *where(gateway, "127.0.0.1"), "--ca", str(certs / "ca.pem")
    for params in ("97", "-"):
        done = run("call", "prime", params, *words, text="97\n")
        assert done.returncode == 1 and "unauthorized" in done.stderr + done.stdout
        done = run("call", "prime", params, *words, "--token", token, text="97\n")
        assert done.returncode == 0 and '"prime":true' in done.stdout, done


def questions(gateway, authority):
    """How many requests it has had, this one among them."""
    text = get(gateway, trusting(authority), "/metrics")[1]
    return int(re.search(rb"^squall_http_requests_total (\d+)", text, re.M)[1])


def test_who_waits_goes_on_when_the_gateway_is_back(cluster, authority, files, tmp_path):
    words = (*flags(files), "--pool", "prime=1", "--store", f"sqlite:{tmp_path / 'queues.db'}")
    first = cluster.gateway(*words)
    asked = *where(first), "--ca", str(authority.certificate)
    number = run("job", "submit", "prime", '{"n": 97}', "--delay", "4s", *asked).stdout.strip()
    before, own = questions(first, authority), itertools.count(1)
    waiting = cluster.squall("job", "wait", number, *asked)
    # The first only meets the gateway, the second waits there.
    eventually(lambda: questions(first, authority) - next(own) >= before + 2, seconds(10), "two questions")
    first.terminate()
    waiting.err.wait_for("waiting until that is over", seconds(20))
    assert first.wait() == 0
    cluster.gateway(*words, ports=first.ports)
    assert waiting.wait(seconds(60)) == 0
    assert "the gateway is back" in waiting.err.text() and '"prime":true' in waiting.out.text()
