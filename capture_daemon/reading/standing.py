"""Standing: what pixels say about a row: whether its ink still stands, since when, and whether all round it is calm."""

from __future__ import annotations

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Ink, Patch, ink_of
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Memory, Row, Seen
from capture_daemon.reading.surface import Surface

MARK_APART = 0.3
"""How far behind the middle of a row's last letter its mark begins, in the row's height; 0.2 to 0.4."""
LAST_LETTERS, ENDED = 1.0, 0.2
"""Heights of a row in which its last letters stand, 0.8 to 1.5, and the share of their ink that is left at most where
they have gone, 0.1 to 0.3."""
FAINTEST = 1.2
"""How many times its tolerance the contrast of ink that fades is at least, for it to tell that it stands; 1 to 1.6."""


def ink_in(box: Box, seen: Seen, parameters: FollowParameters) -> Ink | None:
    """The ink of the text in a box, as a look saw it; None if that can't be made out."""
    return ink_of(seen.luma, seen.colour, box, parameters)


def standing_share(row: Row, luma: GreyImage, parameters: FollowParameters) -> float:
    """Share of the row's ink that a frame shows, 0 to 1; 1 if that can't be measured."""
    if row.ink is None:
        return 1.0
    share = row.ink.share(luma)
    if share < parameters.stands:
        nearby = row.ink.share_nearby(luma)
        # Other text of the same colour is near by chance, so more is asked.
        share = max(share, (nearby - 0.5) * 1.6 if nearby > 0.9 else 0.0)
    return share


def takes_other_strength(row: Row, luma: GreyImage, parameters: FollowParameters) -> bool:
    """Whether a row, letter by letter, looks as it did but stronger or fainter: it fades in, or out.

    Its ink and the picture round it are set to what they look like now.
    """
    if row.ink is None or row.ink.likeness(luma) < parameters.same_picture:
        return False
    ink = row.ink.as_in(luma, parameters)
    if ink.contrast < FAINTEST * ink.tolerance:
        # So faint that by it an empty box couldn't be told from the text.
        return False
    row.ink = ink
    if row.read_in is not None:
        row.read_in = Patch.of_box(luma, row.read_in.box)
    return True


def has_lost_its_end(row: Row, luma: GreyImage, parameters: FollowParameters) -> bool:
    """Whether the last letters of a row that was at rest have just gone: behind a name that stands it is typed anew."""
    if row.ink is None or row.is_unfinished or row.stood - row.grown < parameters.rested:
        return False
    right = row.ink.last_column + 1
    left = right - LAST_LETTERS * row.box.height
    before, row.endless = row.endless, row.ink.share_within(luma, left, right) < ENDED
    return row.endless and not before and not row.ink.is_drowned(luma, left, right)


def stands_unseen(row: Row, seen: Seen, share: float, parameters: FollowParameters) -> bool:
    """Whether a row that the detector doesn't see stands by its ink: as well as ever, and not for a third time.

    Dots and marks it may overlook each time. Where all is as dark or light as the ink, that tells nothing. That it
    stands is recorded.
    """
    row.misses += 1
    if row.ink is not None and row.ink.is_drowned(seen.luma, row.box.left, row.box.right):
        return False
    same = row.read_in is not None and row.read_in.changed(seen.luma, parameters.change) <= parameters.speck
    least = max(parameters.stands, row.usual_share - parameters.share_drop)
    stands = row.ink is not None and (share >= least or _share_of_letters(row, seen.luma) >= parameters.stands)
    overlooked = not any(character.isalnum() for character in row.text)
    if not same and not (stands and (row.misses < parameters.misses or overlooked)):
        return False
    row.stood = seen.time
    if overlooked:
        # No look sees it as it was before.
        row.unchanged_at = seen.time
    return True


def _share_of_letters(row: Row, luma: GreyImage) -> float:
    """Share that a frame shows of the ink of a row's letters: a mark behind them comes and goes; 0 to 1."""
    places = [place for character, place in row.best.places if not character.isspace()]
    letters = sum(not character.isspace() for character in row.best.text)
    if row.ink is None or not 0 < letters <= len(places):
        return 0.0
    return row.ink.share_within(luma, row.ink.first_column, places[letters - 1] + MARK_APART * row.box.height)


def has_changed_round(row: Row, luma: GreyImage, parameters: FollowParameters) -> bool:
    """Whether most of what is round its ink looks otherwise than when it was last read."""
    if row.ink is None or row.read_in is None:
        return False
    changed = row.read_in.changed_round(row.ink, luma, parameters.change)
    return changed > parameters.other_surface * row.read_in.luma.size


def is_calm(read_in: Patch, luma: GreyImage, time: float, memory: Memory, parameters: FollowParameters) -> bool:
    """Whether nothing at all has changed round a row for a moment."""
    lately = [picture for then, picture in memory if 0 <= time - then <= parameters.calm]
    return bool(lately) and Patch.of_box(lately[0], read_in.box).changed(luma, parameters.change) == 0


def note_standing(row: Row, seen: Seen) -> None:
    """Record what a row that stands looks like, and what is behind it."""
    if row.ink is None or row.stood != seen.time:
        return
    row.usual_share = max(0.9 * row.usual_share, row.ink.share(seen.luma))
    if row.surface is None or row.surface.ink is not row.ink:
        row.surface = Surface(row.ink, row.surface)
    row.surface.note(seen.luma)


def end_of(ink: Ink) -> tuple[float, float]:
    """The first column of the last letters, and the one behind them."""
    return ink.last_column - 0.6 * ink.box.height, float(ink.last_column + 1)


def since(ink: Ink, seen: Seen, parameters: FollowParameters, left: float, right: float) -> float:
    """The time since which the ink between two columns has stood, as far back as pictures are kept."""
    earliest = seen.time
    for time, luma in reversed(seen.memory):
        if time > seen.time:
            continue
        if ink.share_within(luma, left, right) < parameters.stands or ink.is_drowned(luma, left, right):
            break
        earliest = time
    return earliest
