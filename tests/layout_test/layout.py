"""Who may include whom. The table is the project's layout; `violations` finds what breaks it."""

import re
from pathlib import Path

FOLDERS = ("proto", "actors", "workers", "gateway", "deploy", "tests")

ALLOWED = {
    "proto": {"proto"},
    "actors": {"actors", "proto"},
    "workers": {"workers", "actors", "proto"},
    "gateway": {"gateway", "proto"},
    "deploy": set(FOLDERS) - {"tests"},
    "tests": set(FOLDERS),
}

# The gateway's sources that know actors: the bridge, and what puts a gateway together.
GATEWAY_WITH_ACTORS = ("gateway/bridge", "gateway/lane", "gateway/process")

# Where processes meet: the only sources that see CAF's network.
CAF_NETWORK = ("proto/system_config", "actors/joiner_connect", "gateway/cluster_port")

# Sources that may see both Beast and CAF's runtime; a unit with both takes half a minute to compile.
BEAST_AND_CAF = GATEWAY_WITH_ACTORS + ("deploy/", "tests/")

MAX_LINES = 300

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


class Tree:
    """The sources below a root and, for each, what it includes."""

    def __init__(self, root):
        self.texts = {}
        for folder in FOLDERS:
            for path in sorted(Path(root, folder).rglob("*")):
                if path.suffix in (".cpp", ".hpp") and "node_modules" not in path.parts:
                    self.texts[path.relative_to(root).as_posix()] = path.read_text("utf-8")
        self.includes = {
            name: [ours or theirs for ours, theirs in INCLUDE.findall(text)]
            for name, text in self.texts.items()
        }

    def closure(self, name):
        """Everything that `name` includes, directly or through the tree's own headers."""
        seen, waiting = set(), [name]
        while waiting:
            for include in self.includes.get(waiting.pop(), ()):
                if include not in seen:
                    seen.add(include)
                    waiting.append(include)
        return seen


def is_caf_runtime(include):
    """caf/meta is a handful of empty tags that every message needs; it costs nothing."""
    return include.startswith("caf/") and not include.startswith("caf/meta/")


def wrong_arrow(name, include):
    folder, target = name.split("/")[0], include.split("/")[0]
    if target not in FOLDERS or target in ALLOWED[folder]:
        return None
    if folder == "gateway" and target == "actors":
        if name.startswith(GATEWAY_WITH_ACTORS):
            return None
        return f"{name}: includes {include}; in gateway/ only the bridge and the composition know actors"
    return f"{name}: includes {include}; {folder}/ may not know {target}/"


def wrong_library(name, include):
    is_header = name.endswith(".hpp")
    if include.startswith(("caf/io/", "caf/openssl/")):
        if not name.startswith(CAF_NETWORK + ("tests/",)):
            return f"{name}: includes {include}; CAF's network belongs where processes meet"
    if include == "boost/beast/websocket.hpp" or include == "boost/beast.hpp":
        if is_header and not name.endswith("_impl.hpp"):
            return f"{name}: includes {include}; only .cpp files and *_impl.hpp may"
    if include.startswith(("boost/beast", "boost/asio")) and name.startswith(("proto/", "actors/")):
        return f"{name}: includes {include}; messages and actors know no sockets"
    return None


def beast_beside_caf(tree, name):
    if name.endswith(".cpp") and name.startswith(BEAST_AND_CAF):
        return None
    closure = tree.closure(name)
    beast = [i for i in closure if i.startswith("boost/beast")]
    caf = [i for i in closure if is_caf_runtime(i)]
    if beast and caf:
        return f"{name}: sees both {min(beast)} and {min(caf)}; only the bridge's source may"
    return None


def violations(root):
    """One line for each breach of the layout below `root`."""
    tree = Tree(root)
    found = []
    for name, text in tree.texts.items():
        for include in tree.includes[name]:
            found += filter(None, (wrong_arrow(name, include), wrong_library(name, include)))
        found += filter(None, (beast_beside_caf(tree, name),))
        lines = text.count("\n")
        if lines > MAX_LINES:
            found.append(f"{name}: has {lines} lines; {MAX_LINES} at most")
        if name.endswith(".hpp") and "#pragma once" not in text:
            found.append(f"{name}: has no #pragma once")
    return found
