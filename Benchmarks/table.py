"""Prints what was measured beside the peers."""
import sys


def show(title, lines):
    print(f"\n{title}\n{'what':44}{'seconds':>9}{'M events/s':>12}{'GB/s':>8}{'of memory':>11}   peers, two threads")
    peers = [line for line in lines if line.get("peer")]
    for line in lines:
        if line.get("peer"):
            continue
        name, seconds = line["name"], line["seconds"]
        events = f"{line['events'] / seconds / 1e6:.2f}" if line.get("events") else ""
        gigabytes = f"{line['bytes'] / seconds / 1e9:.2f}" if line.get("bytes") else ""
        share = f"{line['share']:.0%}" if line.get("share") else ""
        beside = []
        for peer in peers:
            if name.removesuffix(", 2 thread(s)") != peer["name"]:
                continue
            if peer.get("answer") != line.get("answer"):
                sys.exit(f"{name}: our answer {line.get('answer')} is not that of {peer['peer']}, {peer['answer']}")
            beside.append(f"{peer['peer']} {peer['seconds']:.3f} s: {peer['seconds'] / seconds:.1f} times ours")
        print(f"{name:44}{seconds:9.3f}{events:>12}{gigabytes:>8}{share:>11}   {'; '.join(beside)}".rstrip(), flush=True)


def show_scaling(measured):
    """- Parameter measured: lines by number of events."""
    print(f"\nseconds by events\n{'what':44}" + "".join(f"{events:>14,}" for events in measured))
    times = {events: {line["name"]: line["seconds"] for line in lines if "events" in line and not line.get("peer")}
             for events, lines in measured.items()}
    for name in next(iter(times.values())):
        print(f"{name:44}" + "".join(f"{found[name]:14.4f}" for found in times.values()))
