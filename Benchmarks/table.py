"""Reads the benchmarks' lines (ours, then the peers') from stdin and prints the table."""
import json
import sys

lines = [json.loads(line) for line in sys.stdin if line.startswith("{")]
peers = {line["name"]: line for line in lines if "peer" in line}
print(f"{'what':44}{'seconds':>9}{'M events/s':>12}{'GB/s':>8}{'of memory':>11}   peer, two threads")
for line in lines:
    if "peer" in line:
        continue
    name, seconds = line["name"], line["seconds"]
    events = f"{line['events'] / seconds / 1e6:.2f}" if line.get("events") else ""
    gigabytes = f"{line['bytes'] / seconds / 1e9:.2f}" if line.get("bytes") else ""
    share = f"{line['share']:.0%}" if line.get("share") else ""
    peer = next((p for p in peers.values() if name.startswith(p["name"]) and not name.endswith(" 1 thread(s)")), None)
    if peer and peer["answer"] != line.get("answer"):
        sys.exit(f"{name}: our answer {line.get('answer')} is not the peer's {peer['answer']}")
    beside = f"   {peer['peer']}: {peer['seconds']:.3f} s, {peer['seconds'] / seconds:.1f} times ours" if peer else ""
    print(f"{name:44}{seconds:9.3f}{events:>12}{gigabytes:>8}{share:>11}{beside}")
