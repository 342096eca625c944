"""The configuration: a file as typed models, and where it came from."""
