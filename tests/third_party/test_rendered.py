"""What `squall render` writes for Compose and Kubernetes, checked against their published schemas."""

import os
import subprocess
from pathlib import Path

import pytest

from processes import BINARY, clean_environment
from scale import seconds
from test_node import run_script

MANIFESTS = Path(__file__).resolve().parents[2] / "deploy" / "manifests"
NAMES = sorted(path.name for path in MANIFESTS.glob("*.yaml"))


def render(manifest, target, folder):
    return subprocess.run(
        [BINARY, "render", str(manifest), "--target", target, "-o", str(folder)],
        env={**clean_environment(), "PGPASSWORD": "a-secret"},
        capture_output=True,
        text=True,
        timeout=seconds(30),
    )


def rendered(manifest, target, folder):
    done = render(manifest, target, folder)
    assert done.returncode == 0, done.stderr
    files = sorted(folder.rglob("*.*"))
    assert not any("a-secret" in path.read_text("utf-8") for path in files)
    return [str(path) for path in files if path.suffix == ".yaml"]


@pytest.mark.parametrize("name", NAMES)
def test_compose(name, tmp_path):
    files = rendered(MANIFESTS / name, "compose", tmp_path)
    assert [os.path.basename(path) for path in files] == ["compose.yaml"]
    run_script("rendered_compose.js", *files)


@pytest.mark.parametrize("name", NAMES)
def test_kubernetes(name, tmp_path):
    manifest = MANIFESTS / name
    if name != "cluster.yaml":
        refused = render(manifest, "kubernetes", tmp_path / "refused")
        assert refused.returncode == 2
        assert "tokens: FILE" in refused.stderr
        text = manifest.read_text("utf-8")
        text = text.replace("\ngateways:\n", "\ncluster: {insecure: true}\ngateways:\n")
        manifest = tmp_path / name
        manifest.write_text(text.replace("  - name: gateway\n", "  - name: gateway\n    open: true\n"))
    files = rendered(manifest, "kubernetes", tmp_path / "out")
    objects = [path for path in files if not path.endswith("/kustomization.yaml")]
    assert len(objects) + 1 == len(files)
    run_script("rendered_kubernetes.js", *objects)
