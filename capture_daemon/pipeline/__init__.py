"""From frames to records: a source is watched and read, what was said goes to a sink."""
