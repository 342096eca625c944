"""What language models are asked for: the player's missing turns, and a companion's words."""
