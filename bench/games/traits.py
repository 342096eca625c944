"""Drawing a whole game from its seed."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from bench.games import artwork, styles
from bench.games.casting import Author
from bench.games.dressing import Draft, names_of, palette_of, panel_of, worn
from bench.games.model import BoxForm, Game, Kind
from bench.games.placing import Wishes, place
from bench.games.playing import Player
from bench.games.settings import scenery_of, signs_of
from bench.games.styles import pick

SHORTEST = 20.2
"""The least length of a clip, in seconds."""
KINDS: tuple[Kind, ...] = ("ordinary",) * 12 + ("hard",) * 5 + ("film",) * 3
LANGUAGES = ("en",) * 21 + ("de",) * 3 + ("fr",) * 3 + ("es",) * 2 + ("ja",) * 5 + ("zh",) * 3 + ("ko",) * 3


def dealt(seed: int, cards: tuple[Any, ...], salt: int) -> Any:
    """The card of a seed: each run of as many seeds as there are cards gets every card once."""
    block, place = divmod(seed, len(cards))
    shuffled = list(cards)
    Random(block * 7919 + salt).shuffle(shuffled)
    return shuffled[place]


def kind_of(seed: int) -> Kind:
    """The kind of a seed's game."""
    found: Kind = dealt(seed, KINDS, 1)
    return found


def language_of(seed: int) -> str:
    """The language of a seed's game."""
    return str(dealt(seed, LANGUAGES, 2))


def drafted(dice: Random, seed: int) -> tuple[Draft, tuple[int, int, str]]:
    """What a game's text and box look like, and its frame rate, crf and preset."""
    kind, language = kind_of(seed), language_of(seed)
    size, fps, crf, preset = styles.video_of(dice, kind)
    face = styles.face_of(dice, kind, language)
    form: BoxForm = "none"
    if kind != "film":
        form = pick(dice, styles.ORDINARY_FORMS if kind == "ordinary" else styles.HARD_FORMS)
    only_colour = kind == "hard" and form != "none" and dice.random() < 0.22
    palette = dice.choice(styles.ONLY_COLOUR) if only_colour else palette_of(dice, form)
    if only_colour:
        form, crf = "solid", min(crf, 22)
    least = 1 / 18 if only_colour else 1 / 24 if form == "none" else 0.0
    look = styles.look_of(dice, styles.Page(kind, face, language, size, least), palette.text)
    if form == "none" and kind != "film" and face.bold and dice.random() < 0.5:
        look = replace(look, font=face.bold)
    draft = Draft(dice, kind, language, size, face, form, palette, look, only_colour)
    return replace(draft, look=worn(draft)), (fps, crf, preset)


def make(seed: int) -> Game:
    """The game of a seed."""
    dice = Random(seed)
    draft, (fps, crf, preset) = drafted(dice, seed)
    kind, form, look = draft.kind, draft.form, draft.look
    names = names_of(draft)
    mark = None
    if kind != "film" and dice.random() < (0.62 if form != "none" else 0.35):
        mark = styles.mark_of(dice, look, draft.palette)
    pops = form == "bubble" or (form != "none" and dice.random() < (0.1 if kind == "ordinary" else 0.3))
    has_portrait = form in ("half", "solid", "textured") and dice.random() < 0.2
    has_buttons = form in ("half", "solid", "textured", "gradient") and dice.random() < 0.28
    places = place(dice, Wishes(kind, draft.size, form, look, names, mark, has_portrait, has_buttons))
    panel = panel_of(draft, places, pops=pops) if kind != "film" else None
    if panel and kind == "hard" and form == "half" and sum(draft.palette.box) < 380 and dice.random() < 0.5:
        panel = replace(panel, opacity=dice.uniform(0.25, 0.5))
        look = styles.edged(dice, look, (0, 0, 0), shadow=dice.random() < 0.5)
    game = Game(
        seed=seed,
        kind=kind,
        language=draft.language,
        size=draft.size,
        fps=fps,
        crf=crf,
        preset=preset,
        face=draft.face,
        look=look,
        area=places.area,
        rows=places.rows,
        dialogue=places.dialogue,
        speaker=places.speaker,
        names=replace(names, plate=places.plate),
        panel=panel,
        mark=replace(mark, place=places.mark) if mark else None,
        pace=styles.pace_of(dice, kind, pops=pops),
        scenery=scenery_of(draft, places),
        script=(),
        signs=signs_of(draft, places),
        portraits=tuple(dice.sample(artwork.PORTRAITS, 3)) if places.portrait else (),
        portrait=places.portrait,
        menu_place=places.menu,
        lead=round(dice.uniform(0.4, 1.0), 2),
    )
    game = long_enough(replace(game, script=Author(game, dice).write()))
    return replace(game, traits=described(game))


def long_enough(game: Game) -> Game:
    """The game with lines that stand a little longer, where the whole is too short."""
    player = Player(game)
    player.play()
    lacking = SHORTEST - player.time
    if lacking <= 0:
        return game
    more = lacking / len(game.script) + 0.02
    return replace(game, script=tuple(replace(line, hold=line.hold + more) for line in game.script))


def described(game: Game) -> dict[str, Any]:
    """Everything that was drawn, for whoever looks for what made a game hard."""
    look, panel, scenery, mark = game.look, game.panel, game.scenery, game.mark
    return {
        "font": game.face.name,
        "manner": game.face.manner,
        "text_size": look.tall,
        "text_share": round(look.tall / game.size.height, 4),
        "row_height": look.row_height,
        "colour": look.colour,
        "outline": look.outline,
        "shadow": look.soft or max(look.shadow),
        "centred": look.centred,
        "jitter": look.jitter,
        "resolution": str(game.size),
        "fps": game.fps,
        "crf": game.crf,
        "preset": game.preset,
        "box": panel.form if panel else "none",
        "box_colour": panel.colour if panel else None,
        "box_opacity": round(panel.opacity, 2) if panel else 0.0,
        "box_rim": bool(panel and panel.rim),
        "box_pops": panel.pops if panel else 0.0,
        "portrait": game.portrait is not None,
        "reveal": game.pace.reveal,
        "cps": game.pace.cps,
        "pauses": game.pace.pauses,
        "fades_out": game.pace.out,
        "gap": game.pace.gap,
        "names": game.names.where,
        "names_form": game.names.form,
        "mark": f"{mark.shape} {mark.moves} {mark.where}" if mark else None,
        "background": scenery.moves,
        "pictures": [piece.file.name for piece in scenery.pictures],
        "character": bool(scenery.cast),
        "figures": len(scenery.figures),
        "particles": scenery.particles + (" in front" if scenery.in_front else ""),
        "flicker": round(scenery.flicker, 2),
        "dots": scenery.dots,
        "signs": [sign.text for sign in game.signs],
        "menu": any(line.menu for line in game.script),
        "flash": any(line.flash for line in game.script),
        "shake": any(line.shake for line in game.script),
        "scene_changes": sum(line.scene for line in game.script),
        "box_away": sum(line.away > 0 for line in game.script),
        "italic": sum(line.italic for line in game.script),
    }
