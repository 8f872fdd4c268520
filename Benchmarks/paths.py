"""`paths.py FILE JOURNEYS CHANNELS`: journeys as ChannelAttribution reads them, one a row, of generated channels.

A journey has about five touches; frequent channels are met more often, and a twentieth of the journeys convert.
"""
import sys

import numpy

file, journeys, channels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
draw = numpy.random.default_rng(channels)
lengths = numpy.minimum(draw.geometric(0.2, journeys), 30)
weights = 1.0 / numpy.arange(1, channels + 1)
touches = draw.choice([f"channel_{number:02}" for number in range(channels)], lengths.sum(), p=weights / weights.sum())
converted = draw.random(journeys) < 0.05
values = draw.lognormal(6.5, 0.8, journeys).round(2)
ends = lengths.cumsum()
with open(file, "w") as out:
    out.write("path,total_conversions,total_conversion_value,total_null\n")
    for start, end, conversion, value in zip(ends - lengths, ends, converted, values):
        path = " > ".join(touches[start:end])
        out.write(f"{path},1,{value},0\n" if conversion else f"{path},0,0.0,1\n")
