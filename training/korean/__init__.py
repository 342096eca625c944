"""The Korean recogniser: drawn rows, a small network, and its training. See README.md."""
