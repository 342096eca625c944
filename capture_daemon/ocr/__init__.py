"""Reading rows of text: engines in a child process, and the models they need."""
