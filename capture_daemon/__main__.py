"""`python -m capture_daemon` is `capture-daemon`."""

from capture_daemon.cli import main

if __name__ == "__main__":
    main()
