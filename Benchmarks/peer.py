"""The same questions to DuckDB, over the same columns: `peer.py STORE`. One JSON object a line, best of five runs.

DuckDB has the events as a table of its own, sorted by customer and time; building it is not measured.
"""
import json
import sys
import time

import duckdb
import numpy

store = sys.argv[1]
manifest = json.load(open(f"{store}/manifest.json"))
column = lambda name: numpy.load(f"{store}/{name}.npy", mmap_mode="r")
names = {entry["name"]: entry.get("dictionary") for entry in manifest["columns"]}
code = names["event_type"].index
offsets = column("offsets")
arrays = {
    "customer": numpy.repeat(numpy.arange(len(offsets) - 1, dtype=numpy.int32), numpy.diff(offsets)),
    "moment": column("timestamp"), "type": column("event_type"), "channel": column("channel"),
    "amount": column("amount"), "place": numpy.arange(len(column("timestamp")), dtype=numpy.int64),
}
connection = duckdb.connect()
connection.execute("SET threads = 2")
connection.register("arrays", arrays)
connection.execute("CREATE TABLE events AS SELECT * FROM arrays ORDER BY customer, moment, place")

day = 86_400_000_000
engagements = [code(name) for name in ("email_opened", "email_clicked", "sms_delivered", "sms_clicked", "push_opened",
                                       "ad_click", "affiliate_click", "page_view") if name in names["event_type"]]
purchase = code("purchase")
attribution = f"""
WITH paths AS (
  SELECT conversion.place, touch.channel, conversion.amount,
         row_number() OVER (PARTITION BY conversion.place ORDER BY touch.place) AS number,
         count(*) OVER (PARTITION BY conversion.place) AS touches
  FROM (SELECT * FROM events WHERE type = {purchase}) AS conversion
  JOIN (SELECT * FROM events WHERE type IN {tuple(engagements)} AND channel >= 0) AS touch
    ON touch.customer = conversion.customer AND touch.moment BETWEEN conversion.moment - {30 * day} AND conversion.moment)
SELECT channel, count(*) FILTER (number = 1), count(*) FILTER (number = touches), sum(1.0 / touches),
       sum(amount) FILTER (number = 1), sum(amount) FILTER (number = touches), sum(amount / touches)
FROM paths GROUP BY channel"""
steps = [code(name) for name in ("email_sent", "email_opened", "purchase")]
funnel = f"""
WITH first AS (
  SELECT customer, moment, place, type,
         max(CASE WHEN type = {steps[0]} THEN moment END) OVER past AS start
  FROM events WHERE type IN {tuple(steps)}
  WINDOW past AS (PARTITION BY customer ORDER BY moment, place ROWS UNBOUNDED PRECEDING)),
second AS (
  SELECT *, max(CASE WHEN type = {steps[1]} AND moment - start <= {7 * day} THEN start END) OVER past AS start2
  FROM first WINDOW past AS (PARTITION BY customer ORDER BY moment, place ROWS UNBOUNDED PRECEDING))
SELECT count(DISTINCT customer) FILTER (type = {steps[0]}),
       count(DISTINCT customer) FILTER (type = {steps[1]} AND moment - start <= {7 * day}),
       count(DISTINCT customer) FILTER (type = {steps[2]} AND moment - start2 <= {7 * day}) FROM second"""
# Weeks from Monday in Asia/Dhaka (UTC+6): 1970-01-01 was a Thursday.
week = f"(moment + {6 * 3_600_000_000} + {3 * day}) // {7 * day}"
retention = f"""
WITH bought AS (SELECT DISTINCT customer, {week} AS week FROM events WHERE type = {purchase}),
cohorts AS (SELECT customer, min(week) AS cohort FROM bought GROUP BY customer)
SELECT cohort, week - cohort AS age, count(*) FROM bought JOIN cohorts USING (customer)
WHERE week - cohort < 12 GROUP BY ALL"""

for name, query in [("attribution first, last, linear", attribution), ("funnel, 3 steps in 7 days", funnel),
                    ("retention, 12 weeks", retention)]:
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        rows = connection.execute(query).fetchall()
        best = min(best, time.perf_counter() - start)
    answer = list(rows[0]) if name.startswith("funnel") else None
    print(json.dumps({"name": name, "peer": f"DuckDB {duckdb.__version__}", "seconds": best, "answer": answer}))
