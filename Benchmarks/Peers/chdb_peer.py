"""The same questions to ClickHouse in this process (chDB), over a MergeTree ordered by customer and time.

`chdb_peer.py load STORE DIRECTORY`, `warm STORE DIRECTORY`, `ask STORE DIRECTORY QUESTION`: see duckdb_peer.py.
"""
import json
import sys
import time

import pandas
from chdb import session

from store import DAY, Store

job, path, directory = sys.argv[1:4]
store = Store(path)
connection = session.Session(directory)
ask = lambda query: connection.query(query, "JSONCompact")

first, second, third = store.steps
funnel = f"""
SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM (
  SELECT windowFunnel({7 * DAY})(toUInt64(moment), type = {first}, type = {second}, type = {third}) AS level
  FROM bench.events WHERE type IN {store.steps} GROUP BY customer) SETTINGS max_threads = 2"""
week = f"intDiv(moment + {6 * 3_600_000_000} + {3 * DAY}, {7 * DAY})"
retention = f"""
SELECT cohort, age, count() FROM (
  SELECT customer, groupUniqArray({week}) AS weeks, arrayMin(weeks) AS cohort,
         arrayJoin(arrayMap(week -> week - cohort, weeks)) AS age
  FROM bench.events WHERE type = {store.purchase} GROUP BY customer)
WHERE age < 12 AND cohort + age < (SELECT max({week}) FROM bench.events) GROUP BY cohort, age ORDER BY cohort, age SETTINGS max_threads = 2"""
QUESTIONS = {
    "funnel": ("funnel, 3 steps in 7 days", funnel, lambda rows: [int(number) for number in rows[0]]),
    "retention": ("retention, 12 weeks", retention, lambda rows: [int(row[2]) for row in rows]),
}

if job == "load":
    ask("CREATE DATABASE bench")
    ask("CREATE TABLE bench.events (customer Int32, moment Int64, type Int32, channel Int32, amount Int64, place Int64) "
        "ENGINE = MergeTree ORDER BY (customer, moment, place)")
    arrays = pandas.DataFrame(store.arrays())  # noqa: F841, read by the query
    ask("INSERT INTO bench.events SELECT customer, moment, type, channel, amount, place FROM Python(arrays)")
    ask("OPTIMIZE TABLE bench.events FINAL")
elif job == "ask":
    ask(QUESTIONS[sys.argv[4]][1])
else:
    version = json.loads(str(ask("SELECT version()")))["data"][0][0]
    for name, query, answer in QUESTIONS.values():
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            result = ask(query)
            best = min(best, time.perf_counter() - start)
        print(json.dumps({"name": name, "peer": f"ClickHouse {version}", "seconds": best,
                          "answer": answer(json.loads(str(result))["data"])}), flush=True)
