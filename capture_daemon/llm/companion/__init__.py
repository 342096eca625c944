"""A character who listens to the game and talks along: persona, scene and player in, what she says out.

`scene` keeps what was said last, `composing` makes a prompt of it, `companion` decides when something is
said, `plain` and `terminal` are where the player types and reads.
"""
