"""squall apply: what differs is changed, and nothing else; nobody who works meanwhile loses anything."""

import asyncio
import os
import re
import shutil
import ssl

from certificates import Authority
from cluster import eventually
from deployment import deploy  # noqa: F401  (a fixture)
from scale import seconds
from tokens import new_token
from upgrade_load import UpgradeLoad

MANIFEST = """\
apiVersion: squall/v1
name: test
gateways:
  - name: gateway
    listen: @LISTEN@
    cluster: @CLUSTER@
    store: "memory:"
    require: [prime]
workers:
  - name: w
    replicas: 2
    pools: {prime: 2}
queues:
  - name: numbers
    maxsize: 10
"""


def queue(deployment, name):
    return deployment.entrance.get(f"/v1/queues/{name}")


def test_nothing_differs_from_what_was_just_brought_up(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up()
    before = deployment.pids()
    assert "nothing differs" in deployment.apply()
    assert deployment.pids() == before


def test_queues_change_while_everything_runs_on(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up()
    before = deployment.pids()
    deployment.edit("maxsize: 10", "maxsize: 20")
    deployment.file.write_text(deployment.file.read_text() + "  - name: more\n")
    tried = deployment.apply("--dry-run")
    assert "queue numbers: maxsize 10 -> 20" in tried and "queue more: new" in tried
    assert queue(deployment, "more").status == 404
    deployment.apply()
    eventually(
        lambda: queue(deployment, "more").status == 200
        and queue(deployment, "numbers").json()["maxsize"] == 20,
        seconds(10),
        "the queues are as declared",
    )
    assert deployment.pids() == before
    assert "nothing differs" in deployment.apply()


def as_who(deployment, token):
    """The status of a call with this token."""
    headers = {"Authorization": f"Bearer {token}"}
    return deployment.entrance.call("prime", {"n": 97}, headers).status


def test_other_tokens_in_the_same_file_hold_without_a_restart(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace('"memory:"', '"memory:"\n    tokens: @FOLDER@/tokens'))
    tokens = deployment.folder / "tokens"
    first = new_token(tokens, "first", "call:*")
    deployment.up()
    before = deployment.pids()
    assert as_who(deployment, first) == 200
    tokens.unlink()
    second = new_token(tokens, "second", "call:*")
    tried = deployment.apply("--dry-run")
    assert "gateway-1: reload, nothing is interrupted" in tried
    assert f"tokens: {tokens} has other contents" in tried
    assert (as_who(deployment, first), as_who(deployment, second)) == (200, 401)
    deployment.apply()
    assert (as_who(deployment, first), as_who(deployment, second)) == (401, 200)
    assert deployment.pids() == before
    assert "nothing differs" in deployment.apply()
    kept = (deployment.runs / "test" / "state.json").read_text()
    assert "second" not in kept and tokens.read_text().split()[1] not in kept


def test_tokens_that_the_gateway_refuses_stay_a_difference(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace('"memory:"', '"memory:"\n    tokens: @FOLDER@/tokens'))
    tokens = deployment.folder / "tokens"
    first = new_token(tokens, "first", "call:*")
    deployment.up()
    good = tokens.read_text()
    tokens.write_text("these are no tokens\n")
    for _ in range(2):
        ended = deployment.run("apply", str(deployment.file))
        assert ended.returncode == 1
        assert "gateway-1  stays as it is, refused: --tokens: " in ended.stdout
        assert as_who(deployment, first) == 200
    tokens.write_text(good)
    assert "nothing differs" in deployment.apply()


def test_another_certificate_at_the_same_path_is_served_without_a_restart(deploy, tmp_path):  # noqa: F811
    authority = Authority(tmp_path)
    tls = "\n    tls: {cert: @FOLDER@/cert.pem, key: @FOLDER@/key.pem}"
    deployment = deploy(MANIFEST.replace('"memory:"', '"memory:"' + tls))

    def use(name):
        for made, used in zip(authority.sign(name, "localhost"), ("cert.pem", "key.pem")):
            shutil.copy(made, deployment.folder / used)
        return (deployment.folder / "cert.pem").read_text()

    def served():
        return ssl.get_server_certificate(("127.0.0.1", deployment.port))

    def is_served(certificate):
        return served().strip() in certificate

    first = use("first")
    deployment.up()
    before = deployment.pids()
    assert is_served(first)
    second = use("second")
    said = deployment.apply()
    assert "cert.pem has other contents" in said and "key.pem has other contents" in said
    assert is_served(second) and not is_served(first)
    assert deployment.pids() == before


def test_a_change_that_cannot_work_is_undone(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    deployment.up()
    deployment.edit('"memory:"', "sqlite:/proc/none/queues.db")
    ended = deployment.run("apply", str(deployment.file))
    assert ended.returncode == 1
    assert "ended before it was ready" in ended.stdout and "as it was" in ended.stdout
    deployment.until_ready("gateway-1")
    eventually(
        lambda: deployment.entrance.call("prime", {"n": 97}).status == 200,
        seconds(20),
        "calls are answered again",
    )


def test_a_deployment_that_is_not_up_cannot_be_changed(deploy):  # noqa: F811
    deployment = deploy(MANIFEST)
    ended = deployment.run("apply", str(deployment.file))
    assert ended.returncode == 1 and "squall up" in ended.stderr


def upgrade(deployment, change):
    """Applies a change under load; what `squall apply` said, besides what the load counted."""
    deployment.up()
    before = deployment.pids()
    change()
    load = UpgradeLoad(deployment.entrance)
    said = asyncio.run(load.run(deployment.apply))
    load.check()
    after = deployment.pids()
    assert set(after) == set(before)
    assert not set(after.values()) & set(before.values()), said
    print(said)
    return said


def test_an_option_of_all_changes_under_load_with_a_lone_gateway(deploy):  # noqa: F811
    deployment = deploy(MANIFEST.replace('"memory:"', "sqlite:@FOLDER@/queues.db"))

    def change():
        deployment.edit("name: test\n", "name: test\nlogging: {level: debug}\n")

    said = upgrade(deployment, change)
    assert re.search(r"gateway-1 +ready in \d+ ms; a gap of \d+ ms", said)


def test_another_build_replaces_two_gateways_under_load(deploy, postgres):  # noqa: F811
    store = postgres.url(postgres.create())
    manifest = MANIFEST.replace('"memory:"', f'"{store}"')
    deployment = deploy(manifest.replace("require:", "replicas: 2\n    require:"))
    deployment.own_binary()

    def change():
        fresh = deployment.folder / "fresh"
        shutil.copy(deployment.binary, fresh)
        os.replace(fresh, deployment.binary)

    said = upgrade(deployment, change)
    assert said.count("others served meanwhile") == 2
    assert "another build" in said
