"""Fetches one page with Tornado's AsyncHTTPClient as often as it can; prints fetches a second.

    tornado_client.py simple|curl URL CONCURRENCY SECONDS
"""

import asyncio
import sys
import time

from tornado.httpclient import AsyncHTTPClient

WARMUP = 0.5


async def main(client, url, concurrency, seconds):
    AsyncHTTPClient.configure(f"tornado.{client}_httpclient.{client.capitalize()}AsyncHTTPClient",
                              max_clients=concurrency)
    http = AsyncHTTPClient()
    page = (await http.fetch(url)).body
    begin = time.monotonic() + WARMUP
    end = begin + seconds
    done = 0

    async def lane():
        nonlocal done
        while time.monotonic() < end:
            response = await http.fetch(url)
            assert response.body == page
            done += begin <= time.monotonic() < end

    await asyncio.gather(*(lane() for _ in range(concurrency)))
    print(done / seconds)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
