"""Job cycles of Celery: the app for `celery -A celery_cycles worker`, and, run as a program with a number of producers
and seconds, what has that many producers send a task, wait for its result, and so on, and prints how many cycles there
were a second. REDIS_SOCKET names the server's."""

import os
import sys
import threading
import time

from celery import Celery

URL = f"redis+socket://{os.environ['REDIS_SOCKET']}"
app = Celery("celery_cycles", broker=URL, backend=URL)
app.conf.update(worker_prefetch_multiplier=4, task_acks_late=True, broker_pool_limit=None,
                redis_max_connections=None, broker_connection_retry_on_startup=True)


@app.task
def is_prime(n):
    return n > 1 and all(n % divisor for divisor in range(2, int(n**0.5) + 1))


def main(producers, seconds):
    done = [0] * producers

    def produce(place, until):
        count = 0
        while time.monotonic() < until:
            if not is_prime.delay(97).get(timeout=30):
                raise SystemExit("a wrong result")
            count += 1
        done[place] = count

    def all_of_them(until):
        threads = [threading.Thread(target=produce, args=(place, until)) for place in range(producers)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    all_of_them(time.monotonic() + 0.5)
    begin = time.monotonic()
    all_of_them(begin + seconds)
    print(sum(done) / (time.monotonic() - begin))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
