"""What the page at /setup asks of a daemon, bad requests above all; the picture is an X screen of the tests' own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.stage import BOX, Stage, staged
from tests.x_server import XServer

BOX_TEXT = ",".join(map(str, BOX))


@pytest.mark.timeout(400)
def test_setting_up(tmp_path: Path, x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    games = tmp_path / "games"

    async def ask(stage: Stage, what: object, **values: Any) -> dict[str, Any]:
        return await stage.ask("setup", what=what, **values)

    async def refused(stage: Stage, what: object, told: str, **values: Any) -> None:
        answer = await ask(stage, what, **values)
        assert (answer["ok"], told in answer["error"]) == (False, True), answer

    async def main() -> None:
        settings = "# no region\n"
        waiting = {"source__name": "game", "regions__dialogue": "0.0,0.0,1.0,1.0"}
        async with staged(tmp_path, x_server, settings=settings, setup=True, **waiting) as stage:
            reading = {"language": "en", "engine": "tesseract"}
            await refused(stage, "dance", "unknown setup request: what may be sources, choose")
            await refused(stage, ["save"], "unknown setup request")
            await refused(stage, "try", "no source is chosen yet", dialogue=BOX_TEXT)
            await refused(stage, "choose", "screen:1 is not among the sources listed", source="screen:1", **reading)
            assert await ask(stage, "suggest") == {"ok": True, "dialogue": None, "speaker": None}
            there = await ask(stage, "sources")
            assert {"name": "screen:1", "kind": "screen", "label": "Screen 1, 640x480"} in there["sources"]
            assert (there["language"], there["engine"], there["profiles"]) == ("en", "tesseract", [])
            await refused(stage, "choose", "not among the sources listed", source="/etc/passwd", **reading)
            await refused(stage, "choose", "language 'klingon'", source="screen:1", language="klingon", engine="paddle")
            await refused(stage, "choose", "ocr.engine", source="screen:1", language="en", engine="magic")
            await refused(stage, "choose", "language is missing", source="screen:1", engine="tesseract")
            stage.write("The tide turns.")
            chosen = await ask(stage, "choose", source="screen:1", **reading)
            assert chosen == {"ok": True, "source": "screen:1", "label": "Screen 1, 640x480", "size": [640, 480]}
            await refused(stage, "try", "no dialogue region is drawn yet")
            await refused(stage, "try", "not four numbers", dialogue="1,2,3")
            await refused(stage, "try", "reaches outside the frame", dialogue="0,0,9999,10")
            await refused(stage, "try", "ignore is a list of 20", dialogue=BOX_TEXT, ignore=["1,2,3,4"] * 21)
            await refused(stage, "try", "ignore is a list of 20", dialogue=BOX_TEXT, ignore=[5])
            tried = await ask(stage, "try", dialogue=BOX_TEXT)
            assert tried["rows"] == {"dialogue": ["The tide turns."]}
            left, top, width, height = BOX
            blank = f"{left},{top},{width},{height}"
            assert (await ask(stage, "try", dialogue=BOX_TEXT, ignore=[blank]))["rows"] == {"dialogue": []}
            for name, told in (("../x", "can't be called"), ("", "name is missing")):
                await refused(stage, "save", told, name=name, dialogue=BOX_TEXT)
            await refused(stage, "start", "there is no such file", name="tide")
            assert not games.exists()
            saved = await ask(stage, "save", name="tide", dialogue=BOX_TEXT, speaker="1,1,20,20", ignore=[])
            assert saved == {"ok": True, "file": str(games / "tide.toml")}
            await refused(stage, "save", "already exists", name="tide", dialogue=BOX_TEXT)
            assert (await ask(stage, "save", name="tide", dialogue=BOX_TEXT, overwrite=True))["ok"]
            assert (games / "tide.toml").read_text(encoding="utf-8") == (
                f'[source]\nname = "screen:1"\n\n[regions]\ndialogue = "{BOX_TEXT}"\n'
            )
            # Nothing was captured so far.
            assert (stage.texts, stage.states("source")[-1]) == ([], "paused")
            assert await ask(stage, "start", name="tide") == {"ok": True, "source": "screen:1"}
            await stage.until_said("The tide turns.")

    asyncio.run(main())
