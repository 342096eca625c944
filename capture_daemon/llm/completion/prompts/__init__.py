"""What a model is asked for a missing turn, in files that can be read, copied and replaced."""
