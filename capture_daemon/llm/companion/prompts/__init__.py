"""What a companion's model is told, in files that can be read, copied and replaced."""
