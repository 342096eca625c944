"""Tracing: showing what reading decided and why, and saving pieces of recordings as cases for tests to replay."""
