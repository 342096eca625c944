"""Record real games that play by themselves on a private X screen, each recording with its truth.

    python -m bench.real GAME [NAME ...] --output FOLDER

where GAME is `wesnoth`, `scummvm` or `fillets`, writes NAME.mkv, NAME.truth.jsonl (what `score.py` reads) and NAME.json
(region and language) for each. Status 2 where a Debian package is missing, which is named; packages.txt has them all.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.real import fillets, scummvm, wesnoth
from bench.real.screen import MissingPackagesError

GAMES = {"fillets": fillets.record, "scummvm": scummvm.record, "wesnoth": wesnoth.record}


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.real", description="Record real games, with their truth.")
    parser.add_argument("game", choices=sorted(GAMES))
    parser.add_argument("names", nargs="*", metavar="NAME", help="recordings; without any, all of that game")
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="where the recordings go")
    parser.add_argument("--display", default=":77", help="the number of an X display that nobody has")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        GAMES[options.game](options.output.resolve(), options.display, options.names, print)
    except MissingPackagesError as missing:
        print(f"missing: apt-get install {missing}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
