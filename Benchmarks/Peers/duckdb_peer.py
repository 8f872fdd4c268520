"""The same questions to DuckDB.

`duckdb_peer.py load STORE DATABASE` makes a table of the store's columns, sorted by customer and time.
`duckdb_peer.py warm STORE DATABASE` asks every question five times over it in memory; one JSON object a line, the best.
`duckdb_peer.py ask STORE DATABASE QUESTION` asks one question once, as a process of its own.
"""
import json
import sys
import time

import duckdb

from store import DAY, Store

job, path, database = sys.argv[1:4]
store = Store(path)

# Two ways to say it, of which the faster counts: windows, and grouping conversions first.
pairs = f"""
pairs AS (
  SELECT conversion.place, touch.place AS touched, touch.channel, conversion.amount,
         pow(2.0, (touch.moment - conversion.moment) / {7.0 * DAY}) AS weight
  FROM (SELECT * FROM events WHERE type = {store.purchase}) AS conversion
  JOIN (SELECT * FROM events WHERE type IN {store.touches} AND channel >= 0) AS touch
    ON touch.customer = conversion.customer AND touch.place < conversion.place
       AND touch.moment >= conversion.moment - {30 * DAY})"""
by_windows = f"""
WITH {pairs},
paths AS (
  SELECT channel, amount, weight, row_number() OVER (PARTITION BY place ORDER BY touched) AS number,
         count(*) OVER path AS touches, sum(weight) OVER path AS weights FROM pairs WINDOW path AS (PARTITION BY place))
SELECT count(*) FILTER (number = 1) AS first, count(*) FILTER (number = touches) AS last, sum(1.0 / touches),
       sum(amount) FILTER (number = 1), sum(amount) FILTER (number = touches), sum(amount / touches),
       sum(weight / weights), sum(amount * weight / weights)
FROM paths GROUP BY channel"""
by_groups = f"""
WITH {pairs},
paths AS (
  SELECT place, count(*) AS touches, sum(weight) AS weights, min(touched) AS first, max(touched) AS last
  FROM pairs GROUP BY place)
SELECT count(*) FILTER (touched = first) AS first, count(*) FILTER (touched = last) AS last, sum(1.0 / touches),
       sum(amount) FILTER (touched = first), sum(amount) FILTER (touched = last), sum(amount / touches),
       sum(weight / weights), sum(amount * weight / weights)
FROM pairs JOIN paths USING (place) GROUP BY channel"""
opened, clicked, bought = store.steps
funnel = f"""
WITH first AS (
  SELECT customer, moment, place, type,
         max(CASE WHEN type = {opened} THEN moment END) OVER past AS start
  FROM events WHERE type IN {store.steps}
  WINDOW past AS (PARTITION BY customer ORDER BY moment, place ROWS UNBOUNDED PRECEDING)),
second AS (
  SELECT *, max(CASE WHEN type = {clicked} AND moment - start <= {7 * DAY} THEN start END) OVER past AS start2
  FROM first WINDOW past AS (PARTITION BY customer ORDER BY moment, place ROWS UNBOUNDED PRECEDING))
SELECT count(DISTINCT customer) FILTER (type = {opened}),
       count(DISTINCT customer) FILTER (type = {clicked} AND moment - start <= {7 * DAY}),
       count(DISTINCT customer) FILTER (type = {bought} AND moment - start2 <= {7 * DAY}) FROM second"""
# Whole weeks, from Monday, in Asia/Dhaka (UTC+6): 1970-01-01 was a Thursday.
week = f"(moment + {6 * 3_600_000_000} + {3 * DAY}) // {7 * DAY}"
retention = f"""
WITH bought AS (SELECT DISTINCT customer, {week} AS week FROM events WHERE type = {store.purchase}),
cohorts AS (SELECT customer, min(week) AS cohort FROM bought GROUP BY customer)
SELECT cohort, week - cohort AS age, count(*) AS customers FROM bought JOIN cohorts USING (customer)
WHERE week - cohort < 12 AND week < (SELECT max({week}) FROM events) GROUP BY ALL ORDER BY ALL"""

QUESTIONS = {
    "attribution": ("attribution by four rules", [by_windows, by_groups],
                    lambda rows: sorted((row[0] for row in rows), reverse=True)
                    + sorted((row[1] for row in rows), reverse=True)),
    "funnel": ("funnel, 3 steps in 7 days", [funnel], lambda rows: list(rows[0])),
    "retention": ("retention, 12 weeks", [retention], lambda rows: [row[2] for row in rows]),
}

if job == "load":
    connection = duckdb.connect(database)
    connection.register("arrays", store.arrays())
    connection.execute("CREATE TABLE events AS SELECT * FROM arrays ORDER BY customer, moment, place")
elif job == "ask":
    connection = duckdb.connect(database, read_only=True)
    connection.execute("SET threads = 2")
    connection.execute(QUESTIONS[sys.argv[4]][1][-1]).fetchall()
else:
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(f"ATTACH '{database}' AS disk (READ_ONLY)")
    connection.execute("CREATE TABLE events AS SELECT * FROM disk.events")
    for name, queries, answer in QUESTIONS.values():
        best = float("inf")
        for query in queries * 5:
            start = time.perf_counter()
            rows = connection.execute(query).fetchall()
            best = min(best, time.perf_counter() - start)
        print(json.dumps({"name": name, "peer": f"DuckDB {duckdb.__version__}", "seconds": best,
                          "answer": answer(rows)}), flush=True)
