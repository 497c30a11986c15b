"""Checks the tree against its layout, and that the check itself finds what it must."""

import tempfile
import unittest
from pathlib import Path

from layout import violations

ROOT = Path(__file__).resolve().parents[2]


def violations_of(files):
    """What is wrong in a made-up tree of path -> text."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if name.endswith(".cpp") else "#pragma once\n" + text, "utf-8")
        return violations(root)


class TheTree(unittest.TestCase):
    def test_keeps_its_layout(self):
        found = violations(ROOT)
        if found:
            self.fail("\n" + "\n".join(found))


class TheCheck(unittest.TestCase):
    def finds(self, files, *words):
        found = violations_of(files)
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def allows(self, files):
        self.assertEqual(violations_of(files), [])

    def test_allows_the_arrows_of_the_table(self):
        self.allows({
            "proto/call.hpp": "#include <caf/meta/type_name.hpp>\n",
            "actors/router.cpp": '#include "proto/call.hpp"\n#include <caf/actor.hpp>\n',
            "workers/prime.cpp": '#include "actors/router.hpp"\n#include "proto/call.hpp"\n',
            "gateway/bridge.cpp": '#include "actors/router.hpp"\n#include <boost/beast/core.hpp>\n',
            "gateway/session.cpp": '#include "proto/call.hpp"\n#include <boost/beast/websocket.hpp>\n',
            "deploy/cli/main.cpp": '#include "gateway/session.hpp"\n#include "workers/prime.hpp"\n',
        })

    def test_finds_an_arrow_that_points_up(self):
        self.finds({"proto/call.hpp": '#include "actors/router.hpp"\n'}, "proto/", "actors/")
        self.finds({"actors/agent.cpp": '#include "workers/prime.hpp"\n'}, "actors/", "workers/")
        self.finds({"workers/prime.cpp": '#include "gateway/session.hpp"\n'}, "gateway/")
        self.finds({"gateway/session.cpp": '#include "workers/prime.hpp"\n'}, "workers/")
        self.finds({"gateway/session.cpp": '#include "deploy/cli/run.hpp"\n'}, "deploy/")
        self.finds({"deploy/cli/main.cpp": '#include "tests/support/x.hpp"\n'}, "tests/")

    def test_finds_a_session_that_knows_actors(self):
        self.finds({"gateway/session.hpp": '#include "actors/router.hpp"\n'}, "only the bridge")

    def test_finds_cafs_network_away_from_where_processes_meet(self):
        self.finds({"actors/router.cpp": "#include <caf/io/middleman.hpp>\n"}, "caf/io")
        self.finds({"gateway/bridge.cpp": "#include <caf/openssl/all.hpp>\n"}, "caf/openssl")
        self.allows({"proto/system_config.cpp": "#include <caf/io/middleman.hpp>\n"})

    def test_finds_the_websocket_header_in_a_header(self):
        text = "#include <boost/beast/websocket.hpp>\n"
        self.finds({"gateway/ws_session.hpp": text}, "websocket.hpp")
        self.allows({"gateway/ws_session_impl.hpp": text})

    def test_finds_sockets_below_the_actors(self):
        self.finds({"actors/agent.cpp": "#include <boost/asio/post.hpp>\n"}, "no sockets")

    def test_finds_beast_beside_caf_through_a_header_of_the_tree(self):
        files = {
            "proto/interfaces.hpp": "#include <caf/typed_actor.hpp>\n",
            "gateway/session.cpp":
                '#include "proto/interfaces.hpp"\n#include <boost/beast/http.hpp>\n',
        }
        self.finds(files, "gateway/session.cpp", "boost/beast/http.hpp", "caf/typed_actor.hpp")

    def test_finds_beast_beside_caf_in_any_header(self):
        text = "#include <caf/actor.hpp>\n#include <boost/beast/http.hpp>\n"
        self.finds({"gateway/bridge.hpp": text}, "sees both")
        self.allows({"gateway/bridge.cpp": text})

    def test_finds_a_file_that_is_too_long(self):
        self.finds({"actors/router.cpp": "\n" * 301}, "301 lines")
        self.allows({"actors/router.cpp": "\n" * 300})


if __name__ == "__main__":
    unittest.main()
