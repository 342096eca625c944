"""What was said: from frames to finished lines. Pure: no thread, file, clock or socket.

`Reader` is given frames and the answers to what it asks to be read, and says which lines are finished.

What holds for every parameter and attribute here, unless its docstring says otherwise:

- times and durations are in seconds, on the source's clock;
- `luma` is the region's in one frame, shape (height, width), uint8, and `colour` its blue, green and red, shape
  (height, width, 3); a difference in "levels" is one of these 256;
- boxes and columns are in pixels of the region, and of the turned region where text runs in columns;
- confidences, probabilities and shares are from 0 to 1;
- `letter` and "heights" are the height of a row's box, in pixels;
- `memory` holds the newest frames before this one, oldest first, each with its time and luma.
"""
