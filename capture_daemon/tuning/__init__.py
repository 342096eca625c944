"""From a data set to a model that talks like its persona, and a page that compares it with the one it began as.

`rows` reads the data set, `masking` makes tokens of it and says which are trained, `base` loads the model, `training`
trains, `merging` writes what can be served, `advice` warns, `card` and `curve` report how it went, `run` does all that.
`comparison` measures and asks both models, `comparison_page` shows it.
"""
