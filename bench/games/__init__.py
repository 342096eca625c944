"""Random games: footage of games and films that never were, drawn from a seed, each with its truth."""
