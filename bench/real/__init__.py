"""Recordings of real games that nobody here wrote, played by themselves on a private X screen."""
