"""squall validate: manifests that are good, and all that is wrong with others."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = sorted((ROOT / "deploy" / "manifests").glob("*.yaml"))


def validate(*files, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SQUALL_")}
    return subprocess.run([os.environ["SQUALL_BIN"], "validate", *map(str, files)],
                          env={**environment, **variables}, capture_output=True, text=True,
                          timeout=30, check=False)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.stem)
def test_every_example_is_good(manifest):
    done = validate(manifest, PGPASSWORD="x")
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.startswith(f"{manifest}: good: ")


def test_it_says_what_is_in_a_manifest():
    done = validate(ROOT / "deploy/manifests/cluster.yaml", PGPASSWORD="x")
    assert done.stdout.endswith("good: 2 gateways, 3 worker groups, 1 queue\n")


def test_examples_name_their_schema():
    for manifest in MANIFESTS:
        first = manifest.read_text().splitlines()[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert (manifest.parent / schema).resolve() == ROOT / "deploy/manifest.schema.json"


def test_every_mistake_is_told_with_its_place(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("apiVersion: squall/v1\nname: a\ngateways:\n  - name: g\n    lissten: x\n"
                   "    replicas: two\n    pools: {pirme: 1}\n")
    done = validate(bad)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith(f"{bad}:7:13: 'pirme' is no kind of this program (did you mean 'prime'?)")
    assert lines[0].startswith(f"{bad}:5:5: unknown key 'lissten' (did you mean 'listen'?)")
    assert lines[1].startswith(f"{bad}:6:15: 'two' is no whole number from 1 to 100")
    assert done.stdout == ""


def test_of_several_files_each_is_judged(tmp_path):
    done = validate(ROOT / "deploy/manifests/local.yaml", tmp_path / "none.yaml")
    assert done.returncode == 2
    assert "local.yaml: good: 1 gateway, 1 worker group" in done.stdout
    assert "none.yaml:1:1: there is no such file" in done.stderr


def test_a_secret_is_never_told(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("apiVersion: squall/v1\nname: a\ngateways:\n"
                   "  - {name: g, store: '${DATABASE}', listen: '${DATABASE}'}\n")
    done = validate(bad, DATABASE="mysql://root:hunter2@db")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2
    assert "hunter2" not in done.stderr + done.stdout


def test_a_file_is_needed():
    assert validate().returncode == 2
