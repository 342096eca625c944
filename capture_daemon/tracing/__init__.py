"""Tracing: what reading decided and why, for people; and pieces of recordings kept as cases that tests replay."""
