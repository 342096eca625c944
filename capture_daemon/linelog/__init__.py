"""The JSONL log: appended line by line, synced, rotated, repaired after a crash."""
