"""From logs and extractions to a data set that teaches a model to talk like one of the characters.

`loading` reads logs into a script: its recordings, and in them scenes and lines. `cleaning` marks what is left out,
`conversations` makes turns of the rest, `samples` cuts them to size, `build` sets test scenes aside, `formats` and
`writing` make files of it. All but `loading` and `writing` are pure: records in, records out.
"""
