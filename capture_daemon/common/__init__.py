"""What every room may use: files, time, text and streams, handled with care."""
