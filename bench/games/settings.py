"""The dice for what goes on behind a game's text, and what else is written on its screen."""

from __future__ import annotations

from bench.games import artwork
from bench.games.artwork import Piece
from bench.games.dressing import Draft
from bench.games.faces import faces
from bench.games.model import Scenery, Sign
from bench.games.placing import Places
from bench.games.scripts import SUPPLIES
from bench.games.styles import pick


def scenery_of(draft: Draft, places: Places) -> Scenery:
    """What goes on behind."""
    dice, kind, look, form = draft.dice, draft.kind, draft.look, draft.form
    hard = kind == "hard"
    store: tuple[Piece, ...] = pick(
        dice,
        {artwork.PHOTOGRAPHS: 80, artwork.PAINTED: 20}
        if kind == "film"
        else {artwork.PAINTED: 58, artwork.DRAWN: 20, artwork.PHOTOGRAPHS: 22},
    )
    moves = pick(
        dice,
        {"still": 4, "pan": 34, "zoom": 30, "cuts": 32}
        if kind == "film"
        else {"still": 24, "pan": 36, "zoom": 22, "cuts": 18}
        if hard
        else {"still": 58, "pan": 22, "zoom": 16, "cuts": 4},
    )
    turn = dice.random() * 6.28
    cast: tuple[tuple[Piece, ...], ...] = ()
    if kind != "film" and not places.portrait and dice.random() < 0.4:
        cast = tuple(dice.sample(artwork.CHARACTERS, dice.randint(1, 3)))
    figures: tuple[Piece, ...] = ()
    if kind != "film" and not cast and dice.random() < 0.2:
        figures = tuple(dice.sample(artwork.FIGURES, dice.randint(2, 4)))
    weather = kind != "film" and dice.random() < (0.4 if hard else 0.12)
    bare = form == "none" and (look.soft > 0 and not look.outline)
    count = dice.randint(3, 5) if moves == "cuts" or kind == "film" else dice.randint(1, 3)
    return Scenery(
        pictures=tuple(dice.sample(store, count)),
        # `pick` gives one of the table's keys, which are the field's values.
        moves=moves,  # type: ignore[arg-type]
        speed=dice.uniform(0.3, 1.0),
        heading=(1.0 if abs(turn - 3.14) > 1 else 0.3, 0.5 if turn > 3 else -0.5),
        dim=dice.uniform(0.55, 0.75) if bare else dice.uniform(0.8, 1.0),
        dots=max(3, draft.size.height // 200) if draft.face.manner == "pixel" and dice.random() < 0.7 else 0,
        flicker=dice.uniform(0.15, 0.5) if dice.random() < (0.2 if hard else 0.04) else 0.0,
        particles=pick(dice, {"snow": 4, "rain": 3, "embers": 3}) if weather else "",
        in_front=weather and hard and dice.random() < 0.3,
        figures=figures,
        cast=cast,
        cut_every=dice.uniform(1.6, 4.5),
        bobs=dice.random() < 0.4,
    )


def signs_of(draft: Draft, places: Places) -> tuple[Sign, ...]:
    """Buttons, place names, counters and a station's logo, all outside the dialogue."""
    dice, size, language = draft.dice, draft.size, draft.language
    supply = SUPPLIES[language]
    font = faces(language)[0].font
    tall = max(12, round(size.height * dice.uniform(0.02, 0.028)))
    signs: list[Sign] = []
    if places.buttons:
        left, top = places.buttons
        backed = dice.random() < 0.4
        for text in dice.sample(supply.buttons, dice.randint(3, 5)):
            signs.append(Sign(text, left, top, tall, (225, 225, 230), font, backed))
            left += round(tall * (1.6 + len(text) * (1.0 if language in ("ja", "zh", "ko") else 0.62)))
    if places.dialogue.top < size.height * 0.16:
        return tuple(signs)
    margin = round(size.height * 0.03)
    if draft.kind == "film":
        if dice.random() < 0.3:
            right = size.width - margin - round(tall * 4.5)
            logo = dice.choice(["TV9", "ARTE 7", "KINO+", "ONE"])
            signs.append(Sign(logo, right, margin, round(tall * 1.3), (235, 235, 235), font))
        return tuple(signs)
    turn = dice.random()
    if turn < 0.16:
        where = dice.choice(supply.places)
        signs.append(Sign(where, margin, margin, round(tall * 1.3), (250, 245, 230), font, backed=True))
    elif turn < 0.26:
        signs.append(Sign("HP", margin, margin, round(tall * 1.2), (255, 200, 190), font, counts=True))
    elif turn < 0.32:
        signs.append(Sign(supply.title, size.width - margin - tall * 7, margin, tall, (240, 240, 255), font))
    return tuple(signs)
