"""The prompts of a companion's model, in files that can be read, copied and replaced."""
