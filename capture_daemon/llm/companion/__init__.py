"""A character who listens to the game and talks along: persona, scene and player in, what she says out.

`scene` keeps what was said last, `composing` makes of it what a model is told, `companion` decides when something is
said, `plain` and `terminal` are where the player types and reads.
"""
