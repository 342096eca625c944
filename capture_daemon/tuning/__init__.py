"""From a data set to a model that talks like its persona, and a page that compares it with the one it began as.

`rows` reads the data set, `masking` makes tokens of it and says which are trained, `base` loads the model, `training`
trains, `merging` and `gguf_file` write what can be served, `advice` warns, `card` and `curve` say how it went, `run`
does all that. `comparison` measures and asks both models, `comparison_page` shows it.
"""
