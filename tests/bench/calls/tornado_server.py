"""The guide's WebSocket prime handler on Debian's python3-tornado, one process, as the guide has it.

Answers with Squall's wording, so that the same load generator checks both. Prints its port.
"""

import asyncio
import math

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket


def is_prime(n):
    """Trial division up to the square root."""
    if n < 2:
        return False
    if n < 4:
        return True
    if n % 2 == 0:
        return False
    return all(n % i for i in range(3, math.isqrt(n) + 1, 2))


class PrimeHandler(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        n = int(message)
        self.write_message(f"{n} is a prime number" if is_prime(n) else f"{n} is not a prime number")


async def main():
    server = tornado.httpserver.HTTPServer(tornado.web.Application([(r"/ws/prime", PrimeHandler)]))
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    print(sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
