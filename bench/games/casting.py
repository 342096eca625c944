"""The dice for scripts: who says what, and for how long it stands."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.games.faces import WITHOUT_DOTS
from bench.games.layout import broken
from bench.games.model import Game, Line
from bench.games.scripts import SUPPLIES

LENGTH = (21.0, 26.0)
MOST = 11
FEWEST = 7


def fits(game: Game, text: str, who: str | None) -> bool:
    """Whether a line fits the game's text area."""
    prefix = game.names.form.format(who) if who and game.names.where == "inline" else ""
    looks = [game.look]
    if game.kind == "film" and game.face.italic:
        looks.append(replace(game.look, font=game.face.italic))
    return all(len(broken(prefix + text, look, game.area.width)) <= game.rows for look in looks)


def lasting(game: Game, line: Line) -> float:
    """About how long a line takes, from its first glyph until the next one's."""
    pace, count = game.pace, len(line.text)
    reading = {
        "typed": count / pace.cps * (1.3 if pace.pauses else 1.0),
        "letters fade": count / pace.cps + pace.lasts,
        "letters pop": count / pace.cps + 0.12,
        "words": count / pace.cps,
        "rows": 0.2,
        "whole": 0.0,
    }.get(pace.reveal, pace.lasts)
    pops = game.panel.pops * 2 if game.panel else 0.0
    return reading + line.hold + line.gap + line.away + pace.out + pops + (1.3 if line.menu else 0.0)


class Author:
    """Writes a game's script."""

    def __init__(self, game: Game, dice: Random) -> None:
        """For a game whose look and places are settled."""
        self.game, self.dice, self.supply = game, dice, SUPPLIES[game.language]
        names = list(self.supply.names)
        dice.shuffle(names)
        self.names = names[: dice.randint(2, 4)]
        self.quoted = game.language in ("ja", "zh") and game.kind != "film" and dice.random() < 0.3
        if game.names.where == "inline" and game.names.form == "{}":
            self.quoted = True
        self.most = dice.randint(FEWEST + 1, MOST)
        self.used: set[str] = set()

    def choose(self, texts: tuple[str, ...], who: str | None) -> str | None:
        """A text not said yet that fits, if there is one."""
        fresh = [text for text in texts if text not in self.used and fits(self.game, self.dress(text, who), who)]
        if not fresh:
            return None
        text = self.dice.choice(fresh)
        self.used.add(text)
        return text

    def dress(self, text: str, who: str | None) -> str:
        """Speech in the brackets that some games put it in."""
        if self.game.face.name in WITHOUT_DOTS:
            text = text.replace("…", "...")
        return f"「{text}」" if self.quoted and who else text

    def speaker(self) -> str | None:
        """Who speaks; nobody in games without names."""
        return self.dice.choice(self.names) if self.game.names.where != "none" else None

    def hold(self, text: str) -> float:
        """How long a text stands."""
        wide = 2.4 if self.game.language in ("ja", "zh", "ko") else 1.0
        dice, pace = self.dice, self.game.pace
        if self.game.kind == "film":
            return min(4.0, max(1.0, (0.9 + 0.042 * wide * len(text)) * dice.uniform(0.85, 1.15)))
        slow = 0.012 * wide * len(text) if pace.reveal not in ("typed", "letters fade", "letters pop", "words") else 0.0
        return dice.uniform(*pace.hold) + slow

    def gap(self) -> float:
        """The time without text before a line."""
        dice = self.dice
        if self.game.kind == "film":
            return dice.choice([0.0, dice.uniform(0.05, 0.3), dice.uniform(0.3, 1.0)])
        return dice.uniform(*self.game.pace.gap)

    def line(self, text: str, who: str | None) -> Line:
        """A line with its times."""
        place = self.dice.random(), self.dice.random()
        return Line(self.dress(text, who), who, hold=self.hold(text), gap=self.gap(), place=place)

    def next_lines(self, budget: float) -> list[Line]:
        """One line, or a few that are alike, of about so many characters."""
        dice, supply = self.dice, self.supply
        who = self.speaker()
        turn = dice.random()
        if turn < 0.1 and self.game.kind == "film":
            first, second = dice.choice(supply.pairs)
            dash = dice.choice(["- ", "-", "— "])
            text = f"{dash}{first}\n{dash}{second}"
            if text not in self.used and fits(self.game, text, None):
                self.used.add(text)
                return [self.line(text, None)]
        if turn < 0.2:
            chosen = dice.choice(supply.alike)
            if not self.used.intersection(chosen):
                self.used.update(chosen)
                return [self.line(text, who) for text in chosen]
        if turn < 0.32 and self.game.kind != "film":
            told = self.choose(supply.narration, None)
            if told is not None:
                return [self.line(told, None)]
        reach = 22 if self.game.language in ("ja", "zh", "ko") else 60
        longest = supply.long if budget > reach else supply.medium
        store = supply.short if turn < 0.5 else supply.medium if turn < 0.76 else longest
        found = self.choose(store, who) or self.choose(supply.medium, who) or self.choose(supply.short, who)
        return [self.line(found, who)] if found else []

    def write(self) -> tuple[Line, ...]:
        """A whole script of the right length."""
        dice, game = self.dice, self.game
        target = dice.uniform(*LENGTH)
        lines: list[Line] = []
        spent = game.lead
        for _ in range(60):
            left = target - spent
            if len(lines) >= self.most or (len(lines) >= FEWEST and left < 1.2):
                break
            each = left / max(1, FEWEST - len(lines)) - 1.2
            quick = game.pace.reveal in ("whole", "fade", "slide", "rows")
            added = self.next_lines(999 if quick else each * game.pace.cps)
            cost = sum(lasting(game, line) for line in added)
            if len(lines) < FEWEST and cost > left - (FEWEST - len(lines) - 1) * 1.6 and len(lines) > 0:
                continue
            lines += added[: self.most - len(lines)]
            spent += cost
        if dice.random() < 0.25 and len(lines) < MOST and lines:
            place = dice.randrange(len(lines))
            lines.insert(place + 1, replace(lines[place], gap=max(0.15, lines[place].gap)))
        return self.happenings(lines)

    def happenings(self, lines: list[Line]) -> tuple[Line, ...]:
        """What happens between lines: changes of scene, a box that goes, a menu, flashes, slanted letters."""
        dice, game = self.dice, self.game
        scenes = len(game.scenery.pictures) > 1 and game.scenery.moves != "cuts"
        busy = game.kind == "hard"
        done: list[Line] = []
        for number, line in enumerate(lines):
            changed = line
            if number and scenes and dice.random() < (0.5 if game.kind == "film" else 0.22):
                leaves = game.panel is not None and not game.panel.pops and dice.random() < 0.5
                changed = replace(changed, scene=True, away=round(dice.uniform(0.4, 0.9), 2) if leaves else 0.0)
            if game.kind != "film" and number and dice.random() < (0.08 if busy else 0.03):
                changed = replace(changed, flash=dice.random() < 0.5, shake=dice.random() < 0.6)
            if game.kind == "film" and game.face.italic and dice.random() < 0.12:
                changed = replace(changed, italic=True)
            if (
                game.menu_place
                and 1 < number < len(lines) - 1
                and not any(was.menu for was in done)
                and dice.random() < 0.15
            ):
                changed = replace(changed, menu=dice.choice(self.supply.choices))
            if number and changed.text == done[-1].text and changed.gap + changed.away < 0.12:
                changed = replace(changed, gap=0.15)
            done.append(changed)
        return tuple(done)
