"""Asks a queue for items over a WebSocket, one at a time, and says how long that takes."""

import json
import sys
import time
from collections import namedtuple
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from raw import PING, PONG, TEXT, frame, open_websocket, receive_frame  # noqa: E402

Place = namedtuple("Place", "port")
AT_ONCE = 1_000  # items of one put


class Getter:
    """One connection to a queue of a gateway."""

    def __init__(self, address, queue, item):
        self._connection = open_websocket(Place(int(address.rsplit(":", 1)[1])))
        self._connection.settimeout(600)
        self._queue, self._item = queue, item

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def ask(self, method, **params):
        text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": f"queue.{method}", "params": params})
        self._connection.sendall(frame(TEXT, text.encode()))
        while True:
            opcode, payload = receive_frame(self._connection)
            if opcode == PING:
                self._connection.sendall(frame(PONG, payload))
                continue
            answer = json.loads(payload)
            if "error" in answer:
                sys.exit(f"{method} failed: {answer['error']}")
            return answer["result"]

    def fill(self, count):
        for begin in range(0, count, AT_ONCE):
            self.ask("put", queue=self._queue, items=[self._item] * min(AT_ONCE, count - begin))

    def latencies(self, count):
        """Seconds that each get took. The queue is as long afterwards as before."""
        out = []
        for _ in range(count):
            begin = time.monotonic()
            leased = self.ask("lease", queue=self._queue, timeout_ms=0)
            out.append(time.monotonic() - begin)
            self.ask("ack", lease=leased["items"][0]["lease"])
            self.fill(1)
        return out
