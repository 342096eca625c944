"""The dice for what a game's text, names and box look like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from bench.drawing.model import Colour
from bench.games import styles
from bench.games.faces import Face
from bench.games.model import BoxForm, Kind, Look, Names, Panel
from bench.games.placing import Places
from bench.games.scripts import SUPPLIES
from bench.games.styles import Palette, pick
from capture_daemon.frames import Size


@dataclass(frozen=True, slots=True)
class Draft:
    """What is settled of a game before its places are."""

    dice: Random
    kind: Kind
    language: str
    size: Size
    face: Face
    form: BoxForm
    palette: Palette
    look: Look
    only_colour: bool = False


def palette_of(dice: Random, form: BoxForm) -> Palette:
    """Colours that go with a kind of box."""
    light = {"none": 0.0, "gradient": 0.0, "bubble": 0.75, "half": 0.16, "solid": 0.42, "textured": 0.5}[form]
    return dice.choice(styles.LIGHT if dice.random() < light else styles.DARK)


def worn(draft: Draft) -> Look:
    """The look with the outline, shadow, place and unrest that its game has."""
    dice, look, palette = draft.dice, draft.look, draft.palette
    light = sum(palette.text) > 380
    if draft.kind == "film":
        colour: Colour = dice.choice([(255, 255, 255), (255, 255, 255), (240, 240, 235), (255, 244, 130)])
        edged = styles.edged(dice, replace(look, colour=colour), (0, 0, 0), shadow=dice.random() < 0.3)
        return replace(edged, centred=True)
    if draft.form == "none":
        colour = dice.choice([styles.WHITE, styles.WHITE, palette.text, (255, 240, 150), (190, 240, 255)])
        shadow = dice.random() < 0.35
        look = styles.edged(dice, replace(look, colour=colour), (0, 0, 0), shadow=shadow)
    elif light and not draft.only_colour and dice.random() < 0.3:
        look = styles.edged(dice, look, (0, 0, 0), shadow=dice.random() < 0.6, wide=False)
    centred = dice.random() < (0.35 if draft.form in ("none", "bubble") else 0.08)
    jitter = 1 if draft.kind == "hard" and dice.random() < 0.08 else 0
    return replace(look, centred=centred, jitter=jitter)


def names_of(draft: Draft) -> Names:
    """Where names stand, and how they're written."""
    dice, look, face, palette, form = draft.dice, draft.look, draft.face, draft.palette, draft.form
    if draft.kind == "film":
        return Names()
    where = pick(dice, styles.NAMED)
    if form == "bubble":
        where = "row" if dice.random() < 0.4 else "none"
    asian = draft.language in ("ja", "zh", "ko")
    own = replace(look, jitter=0)
    if form in ("none", "gradient"):
        own = replace(own, outline=max(1, look.outline), soft=look.soft)
    if face.bold and dice.random() < 0.5:
        own = replace(own, font=face.bold)
    if dice.random() < 0.6:
        own = replace(own, colour=dice.choice(palette.names))
    if where != "inline" and not face.grid and dice.random() < 0.3:
        own = replace(own, size=max(round(look.size * dice.choice([0.9, 1.15])), 18))
    colours = palette.names if dice.random() < 0.22 else ()
    forms = {"{}": 8.0, "【{}】": 2.0 if asian else 0.0, "[{}]": 0.0 if asian else 1.0, "{}:": 0.6}
    text = pick(dice, forms)
    if where == "inline":
        text = "{}" if draft.language in ("ja", "zh") and dice.random() < 0.5 else SUPPLIES[draft.language].form
        own = replace(own, font=look.font, size=look.size, outline=look.outline)
    elif where == "row" and dice.random() < 0.15:
        own = replace(look, jitter=0)
        colours = ()
    height = round(max(own.tall * dice.uniform(1.25, 1.6), look.row_height * 0.9))
    return Names(
        where=where,
        form=text,
        look=own,
        plate_box=form in ("solid", "half", "textured"),
        centred=where == "row" and (look.centred or dice.random() < 0.08),
        stays=dice.random() < 0.7,
        height=height,
        colours=colours,
    )


def panel_of(draft: Draft, places: Places, *, pops: bool) -> Panel:
    """The text box."""
    dice, form, palette = draft.dice, draft.form, draft.palette
    radius = places.radius or dice.choice([0, 0, 6, 12, 18, 26])
    light = sum(palette.box) > 380
    half = dice.uniform(0.72, 0.92) if light else dice.uniform(0.58, 0.9)
    opacity = {"half": half, "gradient": 0.9, "bubble": dice.choice([1.0, 1.0, 0.9])}.get(form, 1.0)
    plain = draft.only_colour or dice.random() < 0.5
    return Panel(
        form=form,
        place=places.panel,
        colour=palette.box,
        second=palette.box if plain and form != "textured" else palette.second,
        opacity=opacity,
        radius=min(radius, places.panel.height // 3),
        rim=palette.rim if dice.random() < 0.45 else None,
        rim_width=max(1, round(dice.uniform(1, 4) * draft.size.height / 720)),
        seed=dice.randrange(1000),
        pops=round(dice.uniform(0.08, 0.25), 2) if pops else 0.0,
        tail=form == "bubble" and dice.random() < 0.6,
    )
