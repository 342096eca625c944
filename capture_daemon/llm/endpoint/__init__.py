"""Asking a language model, at any endpoint that speaks OpenAI's chat completions."""
