"""Writing the player's side where a game leaves it silent: a model is asked for what is said before the persona speaks.

`asking` finds what is missing and makes questions of it, `cache` keeps answers, `completer` asks,
within limits. What a model wrote is marked as generated and never passed off as the game's.
"""
