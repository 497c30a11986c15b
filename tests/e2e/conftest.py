import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from cluster import cluster, gateway, module_cluster  # noqa: E402, F401  (fixtures)
from jobs import play_jobs  # noqa: E402, F401  (a fixture)
from queue_commands import queue  # noqa: E402, F401  (a fixture)
from queue_scenes import play  # noqa: E402, F401  (a fixture)
from stores import each_store, mortal, postgres, shared, store  # noqa: E402, F401
from tokens import guarded, own  # noqa: E402, F401  (fixtures)

# Everything here talks to this machine; no proxy is asked.
for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]
