"""squall render: what it writes is what the repository has, and what systemd takes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "deploy" / "manifests" / "cluster.yaml"
EXAMPLES = ROOT / "deploy" / "examples"
SECRET = "hunter2"


def render(target, folder, manifest=MANIFEST):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SQUALL_")}
    return subprocess.run([os.environ["SQUALL_BIN"], "render", str(manifest), "--target", target,
                           "-o", str(folder)], env={**environment, "PGPASSWORD": SECRET},
                          capture_output=True, text=True, timeout=60, check=False)


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_text()
            for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("target", ["systemd", "compose", "kubernetes"])
def test_the_examples_are_not_stale(target, tmp_path):
    done = render(target, tmp_path)
    assert done.returncode == 0, done.stderr
    fresh = files_of(tmp_path)
    assert fresh == files_of(EXAMPLES / target), (
        f"write them anew: squall render deploy/manifests/cluster.yaml --target {target} "
        f"-o deploy/examples/{target}")
    assert not [name for name, text in fresh.items() if SECRET in text]
    assert sorted(done.stdout.splitlines()) == sorted(str(tmp_path / name) for name in fresh)


def test_systemd_takes_the_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian's package systemd)")
    folder = tmp_path / "units"
    shutil.copytree(EXAMPLES / "systemd" / "system", folder)
    # What is checked is the units, not this machine: programs and folders need not be there.
    for unit in folder.iterdir():
        unit.write_text(unit.read_text().replace("/usr/local/bin/squall", "/bin/true")
                        .replace("EnvironmentFile=/", "EnvironmentFile=-/"))
    names = [str(path) if "@." not in path.name else str(path).replace("@.", "@1.")
             for path in sorted(folder.iterdir())]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names],
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
                          capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "squall" in line]
    assert not ours, done.stderr
    assert done.returncode == 0, done.stderr


def test_what_cannot_be_rendered_is_told(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("apiVersion: squall/v1\nname: a\ngateways: [{name: g, listen: '127.0.0.1:0'}]\n")
    done = render("systemd", tmp_path / "out", bad)
    assert done.returncode == 2
    assert "takes any free port" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_wrong_manifest_is_told_as_validate_does(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("apiVersion: squall/v1\nname: a\ngatways: []\n")
    done = render("systemd", tmp_path / "out", bad)
    assert done.returncode == 2
    assert "bad.yaml:3:1: unknown key 'gatways' (did you mean 'gateways'?)" in done.stderr
