"""What the peers ask of a journey store: its columns as arrays, the codes of its names."""
import json

import numpy

DAY = 86_400_000_000
TOUCHES = ("email_opened", "email_clicked", "sms_delivered", "sms_clicked", "push_opened", "ad_click",
           "affiliate_click", "page_view")
STEPS = ("email_sent", "email_opened", "purchase")


class Store:
    def __init__(self, path):
        manifest = json.load(open(f"{path}/manifest.json"))
        self.path = path
        self.names = {entry["name"]: entry.get("dictionary") for entry in manifest["columns"]}
        self.touches = tuple(self.code(name) for name in TOUCHES if name in self.names["event_type"])
        self.steps = tuple(self.code(name) for name in STEPS)
        self.purchase = self.code("purchase")

    def code(self, name):
        return self.names["event_type"].index(name)

    def arrays(self):
        column = lambda name: numpy.load(f"{self.path}/{name}.npy", mmap_mode="r")
        offsets = column("offsets")
        return {
            "customer": numpy.repeat(numpy.arange(len(offsets) - 1, dtype=numpy.int32), numpy.diff(offsets)),
            "moment": column("timestamp"), "type": column("event_type"), "channel": column("channel"),
            "amount": column("amount"), "place": numpy.arange(len(column("timestamp")), dtype=numpy.int64),
        }
