"""`run.py EVENTS…`: measures, and prints one table for the files of paths and one for each number of events.

scripts/bench builds what this runs and installs the peers, each in an environment of its own.
"""
import json
import subprocess
import sys
import time
from pathlib import Path

import table

LOCAL = Path(".local/bench")
CLI = ".build/release/analytics-cli"
ROUNDS = 5


def python(environment, *arguments):
    return [f".local/bench-{environment}/bin/python", *map(str, arguments)]


def output(arguments):
    process = subprocess.run(list(map(str, arguments)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if process.returncode:
        sys.stderr.write(process.stderr.decode())
        sys.exit(f"{' '.join(map(str, arguments))}: exit status {process.returncode}")
    return process.stdout.decode()


def lines(arguments):
    return [json.loads(line) for line in output(arguments).splitlines() if line.startswith("{")]


def race(name, ours, peers):
    """The best time of whole processes that take turns."""
    best = {}
    for _ in range(ROUNDS):
        for contestant, arguments in {None: ours, **peers}.items():
            start = time.perf_counter()
            output(arguments)
            seconds = time.perf_counter() - start
            best[contestant] = min(seconds, best.get(contestant, seconds))
    return [{"name": name, "seconds": seconds, "peer": peer} for peer, seconds in best.items()]


def paths():
    found = []
    for channels in (10, 50):
        file = LOCAL / "paths.csv"
        output(python("sql", "Benchmarks/paths.py", file, 1_000_000, channels))
        for model, peer in [("markov", "channel-attribution"), ("shapley", "marketing-attribution-models")]:
            label = {"markov": "ChannelAttribution 2.2.5",
                     "shapley": "marketing-attribution-models 2.1.1, of 4 channels"}[model]
            found += race(f"{model}, {channels} channels",
                          [CLI, "attribution", "--paths", file, "--model", model, "--format", "json", "--output", "/dev/null"],
                          {label: python(peer, "Benchmarks/Peers/path_peer.py", model, file)})
        file.unlink()
    return found


def store(events):
    journeys = LOCAL / "journeys"
    found = lines([".build/release/bench", LOCAL, events])
    databases = {}
    for peer in ("duckdb", "chdb"):
        databases[peer] = LOCAL / peer
        script = f"Benchmarks/Peers/{peer}_peer.py"
        output(python("sql", script, "load", journeys, databases[peer]))
        found += lines(python("sql", script, "warm", journeys, databases[peer]))
    questions = {
        "attribution": ["attribution", "--model", "first,last,linear,time-decay"],
        "funnel": ["funnel", "--steps", "email_sent,email_opened,purchase", "--window", "7d"],
        "retention": ["cohort", "--by", "first_purchase", "--event", "purchase", "--period", "week", "--periods", "12"],
    }
    for question, arguments in questions.items():
        peers = {"duckdb": "DuckDB, process", "chdb": "ClickHouse, process"}
        if question == "attribution":
            del peers["chdb"]
        found += race(
            f"{question}, process", [CLI, *arguments, "--journeys", journeys, "--format", "json", "--output", "/dev/null"],
            {label: python("sql", f"Benchmarks/Peers/{peer}_peer.py", "ask", journeys, databases[peer], question)
             for peer, label in peers.items()})
    output(["rm", "-rf", *LOCAL.iterdir()])
    return found


table.show("1 million journeys in a file of paths, whole processes", paths())
measured = {}
for events in map(int, sys.argv[1:]):
    measured[events] = store(events)
    table.show(f"{events:,} events", measured[events])
if len(measured) > 1:
    table.show_scaling(measured)
