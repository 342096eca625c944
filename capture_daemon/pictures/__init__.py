"""A picture of each line: the frame in which it was complete, as a JPEG file, live and of a recording."""
