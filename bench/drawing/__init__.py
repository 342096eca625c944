"""Drawing footage: games that never were, with the truth of what they said."""
