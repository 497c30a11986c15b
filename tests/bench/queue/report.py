"""Names of what `run` measures, the goals, and the figures as tables."""

import statistics

PRODUCERS = (1, 8, 64, 256)
MANY = 64  # producers and consumers where only one number is asked
ARRAY = 100
FEW = 100  # items of the small queue that is compared with a large one
GETS = 200  # of each in a round
WARMUP = 50_000  # items: SQLite's log is as long as it gets, and from then on no file grows with each commit
ITEM = {"body": {"n": "97"}}
ONE_ROW, MORE_ROWS = "bare SQLite, 1 row a transaction", f"bare SQLite, {ARRAY} rows a transaction"
STORES = ("SQLite", "PostgreSQL", "memory")
PGBENCH_CLIENTS = 16
PGBENCH = f"pgbench, single-row inserts, {PGBENCH_CLIENTS} clients"

# What is to be reached: times the bare library's rows/s (twice), times the latency of a small queue, and MiB (SQLite's
# page cache is 16 of them).
PUT_GOAL, ARRAY_GOAL, GET_GOAL, GROWTH_GOAL = 8.0, 0.5, 2.0, 32
JOB_GOALS = {"SQLite": 15.0, "PostgreSQL": 5.0}  # times BullMQ's cycles


def put_name(store, producers):
    return f"{store}, puts, {producers} connection{'s' if producers > 1 else ''}"


def array_name(store):
    return f"{store}, arrays of {ARRAY}, {MANY} connections"


def cycle_name(store):
    return f"{store}, cycles, {MANY} connections"


def job_name(system, producers):
    return f"{system}, job cycles, {producers} producer{'s' if producers > 1 else ''}"


def ratio(figures, name, other):
    """Median of the rounds' own ratios."""
    return statistics.median(a[0] / b[0] for a, b in zip(figures[name], figures[other]))


def table(figures):
    lines = ["| what | items/s (min, median, max) | p50 | p99 | times 1-row transactions | times 100-row transactions |",
             "| --- | --- | --- | --- | --- | --- |"]
    for name in sorted(figures, key=(ONE_ROW, MORE_ROWS, PGBENCH).__contains__, reverse=True):
        rounds = figures[name]
        rates = [rate for rate, _ in rounds]
        latency = [f"{statistics.median(each[key] for _, each in rounds) / 1e3:,.2f} ms" if rounds[0][1] else ""
                   for key in ("p50", "p99")]
        lines.append(f"| {name} | {min(rates):,.0f}, **{statistics.median(rates):,.0f}**, {max(rates):,.0f} "
                     f"| {latency[0]} | {latency[1]} "
                     f"| {ratio(figures, name, ONE_ROW):.1f} | {ratio(figures, name, MORE_ROWS):.2f} |")
    return "\n".join(lines)


def size_table(sizes):
    lines = ["| store | ready items | gets/s (min, median, max) | p50 | p99 | the gateway's memory before, after |",
             "| --- | --- | --- | --- | --- | --- |"]
    for store, size, each in ((store, size, each) for store, of in sizes.items() for size, each in of.items()):
        rates = [1 / statistics.mean(one) for one in each["rounds"]]
        parts = [statistics.quantiles(one, n=100) for one in each["rounds"]]
        p50, p99 = (statistics.median(part[at] for part in parts) * 1e3 for at in (49, 98))
        lines.append(f"| {store} | {size:,} | {min(rates):,.0f}, **{statistics.median(rates):,.0f}**, {max(rates):,.0f} "
                     f"| {p50:.2f} ms | {p99:.2f} ms | {each['before'] / 2**20:.1f} MiB, {each['after'] / 2**20:.1f} MiB |")
    return "\n".join(lines)


def job_verdict(figures):
    if job_name("BullMQ", MANY) not in figures:
        return []
    out = []
    for store, goal in JOB_GOALS.items():
        times = ratio(figures, job_name(store, MANY), job_name("BullMQ", MANY))
        out.append((f"job cycles on {store}, {MANY} producers: {goal:g} times BullMQ's", f"{times:.1f}", times >= goal))
    return out


def size_verdicts(store, sizes, items):
    few, many = sizes[FEW], sizes[items]
    slower = statistics.median(statistics.median(b) / statistics.median(a)
                               for a, b in zip(few["rounds"], many["rounds"]))
    growth = ((many["after"] - many["before"]) - (few["after"] - few["before"])) / 2**20
    return [(f"a get on {store} among {items:,} items takes at most {GET_GOAL:g} times that among {FEW}",
             f"{slower:.2f}", slower <= GET_GOAL),
            (f"the gateway with {items:,} items on {store} has at most {GROWTH_GOAL} MiB more", f"{growth:.1f} MiB",
             growth <= GROWTH_GOAL)]


def verdicts(figures, sizes, items):
    puts_ratio = ratio(figures, put_name("SQLite", MANY), ONE_ROW)
    array_ratio = ratio(figures, array_name("SQLite"), MORE_ROWS)
    found = [(f"puts, {MANY} connections: {PUT_GOAL:g} times one-row transactions", f"{puts_ratio:.2f}",
              puts_ratio >= PUT_GOAL),
             (f"arrays of {ARRAY}: {ARRAY_GOAL:g} times {ARRAY}-row transactions", f"{array_ratio:.2f}",
              array_ratio >= ARRAY_GOAL)]
    for store, of in sizes.items():
        found += size_verdicts(store, of, items)
    found += job_verdict(figures)
    return "\n".join(f"- {what}: {value}, {'reached' if reached else '**not reached**'}"
                     for what, value, reached in found)
