"""What was said: from frames to finished lines. Pure: no thread, file, clock or socket.

`Reader` is given frames and the answers to what it asks to be read, and says which lines are finished.
"""
