"""`path_peer.py markov|shapley FILE`: reads a file of paths and attributes it."""
import sys

import pandas

model, file = sys.argv[1:]
if model == "markov":
    import ChannelAttribution

    def attribute(paths):
        ChannelAttribution.markov_model(
            paths, "path", "total_conversions", var_null="total_null", order=1, verbose=False)
else:
    from mam import MAM

    def attribute(paths):
        paths["journeys"] = 1
        MAM(paths, "grouped_journey", "path", "total_conversions", occurrences_colname="journeys",
            conversion_value_colname="total_conversion_value").run_shapley()

attribute(pandas.read_csv(file))
