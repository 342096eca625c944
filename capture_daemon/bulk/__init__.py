"""Recordings in bulk: any number of videos, each read in a process of its own into a folder of its own."""
