"""Reading rows of text: engines in a child process, and the models they need.

What holds for every parameter and attribute here, unless its docstring says otherwise: pictures are blue, green, red,
shape (height, width, 3), uint8; masks are bool, shape (height, width), true where ink is; boxes, columns and places are
in pixels of the row's picture; confidences, probabilities and shares are from 0 to 1.
"""
