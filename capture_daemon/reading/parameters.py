"""Every number that reading decides by, a frozen class for each stage.

Each says its unit, the range in which it is plausible, and where its value comes from. `python -m bench.sensitivity`
shows what happens to lines when each is changed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchParameters:
    """When pixels are worth a look."""

    change: int = 16
    """Levels of luma by which a pixel has changed; 8 to 30. Video noise at crf 28 stays below, faint text above."""
    cell: int = 12
    """Pixels of a cell of the grid on which changes are noted, at a region of some 100,000 pixels; 8 to 24."""
    cell_pixels: float = 4.0
    """Changed pixels that make a cell changed; 2 to 8. A full stop of 12-pixel text has four."""
    busy: float = 0.22
    """Share of frames, of 30 a second, in which a cell changes that says nothing of when text comes to rest; 0.15 to
    0.4: what is drawn eight times a second changes in 0.27 of them, typing passes sooner."""
    busy_seconds: float = 0.5
    """Seconds over which that share is taken; 0.3 to 1. Typing passes a cell sooner."""
    moving: float = 0.35
    """Share of busy cells from which the picture counts as moving; 0.2 to 0.6."""
    memory_seconds: float = 0.7
    """Seconds of pictures that are kept to find out when text came; 0.5 to 1.5."""
    memory_bytes: int = 16 << 20
    """What those may take, in bytes."""


@dataclass(frozen=True, slots=True)
class LookParameters:
    """When the region is looked at, and how."""

    rest: float = 0.08
    """Seconds of calm after which a change is looked at, live; 0.06 to 0.2: three frames at 30 a second, surely."""
    rest_typed: float = 0.13
    """The same where a row was read while it was typed; 0.1 to 0.2: a busy game stutters."""
    steps_of_rest: float = 1.9
    """The same once the pace is known, in the time from letter to letter; 1.5 to 3: of spaces nothing is seen."""
    least_rest: float = 0.06
    """Seconds of calm below which nothing is at rest however fast letters come; 0.05 to 0.1: two frames."""
    rest_recorded: float = 0.4
    """The same for a recording, where nobody waits; 0.2 to 0.8. Text that goes before is read in the frame before."""
    cadence: float = 0.22
    """Seconds between two looks while the picture changes, for a region of 100,000 pixels; 0.15 to 0.35."""
    longest: float = 0.9
    """Seconds after which a change is looked at whatever happens; at most 1, by the promise never to be blind."""
    typed: float = 0.6
    """Seconds after which more of a row that is being typed is read, live; 0.3 to 0.9."""
    again: float = 0.3
    """Seconds after which a row that was not read surely is looked at again; 0.2 to 0.6."""
    patience: float = 0.3
    """Seconds between two looks at a picture that stops now and then, and in which nothing is found; 0.2 to 0.5."""
    glimpse: float = 0.06
    """Seconds for which something stood that is looked at in the frame before it goes; 0.03 to 0.15: two frames."""
    replaced: float = 0.4
    """Share of what came that must go at once for that; 0.2 to 0.6. Typing changes a few letters at a time."""
    loss: float = 0.1
    """Seconds between two looks at a row whose ink seems to go; 0.05 to 0.2."""
    colour: float = 0.45
    """Seconds between two comparisons of colour, for text that differs from its background in that alone; 0.3 to 1."""
    letter: float = 24.0
    """Pixels that a row's box is brought to for the detector; 18 to 40. Its recall hardly differs between these."""
    first_letter: float = 34.0
    """What a row's box is taken to measure before any was seen, in pixels of a frame of 720 rows; 20 to 60."""
    least_of_marks: float = 0.25
    """Confidence from which a row of question marks is what stands for a name; 0.2 to 0.4: ??? was read at 0.32."""
    most_pixels: float = 700_000.0
    """Pixels of a picture that the detector looks at in one go; 300,000 to 1,500,000. A quarter of a second."""


@dataclass(frozen=True, slots=True)
class FollowParameters:
    """How rows are followed from look to look."""

    stands: float = 0.82
    """Share of a row's ink that must be as it was for the row to stand; 0.7 to 0.95."""
    beyond_doubt: float = 0.97
    """Confidence of two like readings from which a third would say the same; 0.95 to 0.99."""
    certain: float = 0.9
    """The same share from which ink that was read twice can be no other text's; 0.85 to 0.97."""
    same_picture: float = 0.9
    """Correlation of two pictures of a letter from which they show the same; 0.85 to 0.97: it may fade or glow."""
    thin: float = 0.45
    """Share of a row's box that ink covers at most; 0.35 to 0.5: what covers more is what is behind it."""
    lost: float = 0.55
    """Share of its ink below which a row may have gone; 0.3 to 0.7."""
    letter_lost: float = 0.4
    """Share of a letter's ink below which that letter may be another one now; 0.2 to 0.6."""
    letter_new: float = 0.5
    """New ink at a letter, in that letter's own, that makes it another; 0.3 to 1: rain and snow leave less."""
    letter_width: float = 0.8
    """Width, in a row's height, in which new ink is counted together; 0.5 to 1.2: a letter, and what is next to it."""
    full_stop: float = 0.06
    """New ink in that width, in the ink that is usual there, that may be a full stop; 0.03 to 0.12."""
    stays: float = 0.3
    """Seconds for which ink that came to a row read beyond doubt must stay to be read; 0.15 to 0.45: snow passes by."""
    calm: float = 0.1
    """Seconds without any change round such a row after which it is read at once; 0.06 to 0.15: two frames, or more."""
    tolerance: float = 0.3
    """Share of the contrast between ink and background by which ink may differ; 0.2 to 0.45."""
    least_tolerance: int = 18
    """Levels of luma by which it may differ in any case; 10 to 30: compression."""
    alike: float = 0.72
    """Ratio of two texts' common letters from which they are readings of one text; 0.6 to 0.85."""
    unlike: float = 0.72
    """The same ratio below which two sure readings are of two texts, whatever the pixels say; 0.5 to 0.85."""
    foreign: float = 0.4
    """The same ratio below which even an unsure reading has nothing of it; 0.3 to 0.5: two texts share as much."""
    words: float = 0.7
    """Confidence from which such a reading says words, though perhaps not surely; 0.6 to 0.8."""
    sure: float = 0.9
    """Confidence from which one look is enough; 0.85 to 0.97."""
    few: int = 3
    """Letters up to which a recogniser finds words in pictures of nothing; 2 to 4."""
    sure_of_few: float = 0.98
    """Confidence from which one look at so few letters is enough; 0.95 to 0.99."""
    sure_of_marks: float = 0.75
    """The same for rows of nothing but dots and marks, which recognisers are never sure of; 0.6 to 0.85."""
    change: int = 20
    """Levels of luma by which a pixel beside a row's ink has changed; 12 to 35."""
    speck: int = 3
    """Changed pixels beside a row's ink that are no new full stop; 2 to 8."""
    restless: float = 0.06
    """Share of the pixels round a row that must have changed for the picture to move behind it; 0.03 to 0.15."""
    other_surface: float = 0.4
    """Share of the pixels round a row that must have changed for what is behind it to be another; 0.3 to 0.6."""
    looks: int = 3
    """Looks at a row that stands unchanged while the picture behind it moves; 2 to 4."""
    postponed: float = 2.4
    """Seconds for which a row that is being typed isn't read again; 1 to 4. Text that goes before is read in the frame
    before."""
    overdue: float = 0.85
    """Seconds after which a row that looks different is read again, whatever its ink says; at most 1."""
    misses: int = 3
    """Looks that don't see a row whose ink stands after which it has gone; 2 to 5: bright pictures have ink."""
    share_drop: float = 0.1
    """How much less of its ink than usual a row that isn't seen may show; 0.05 to 0.2."""
    moves: float = 0.3
    """Seconds since a row was seen in its place in which the same text elsewhere is that row, moved; 0.15 to 0.5."""
    brief: float = 0.25
    """Seconds that the beginning of a text may stand, and be gone, before it goes on; 0.1 to 0.4."""
    missed: float = 0.5
    """Seconds for which one row of a line that stands may be missed; 0.3 to 1."""
    fades: float = 0.4
    """Seconds for which part of a row may be read after its ink went: letters fade unequally; 0.2 to 0.6."""
    part: float = 0.8
    """Share of its letters that is read then, at most; 0.6 to 0.9: a single letter less may be a mark that blinks."""
    reveal: float = 0.7
    """Seconds within which a row slides or fades into its place; 0.4 to 1."""
    rested: float = 0.4
    """Seconds since it last grew after which a row that is read otherwise is another; 0.2 to 0.7."""
    whole_rest: float = 0.8
    """Seconds of rest after which more text, in a row that came whole, is another line; 0.6 to 1.2."""
    paragraph: float = 1.0
    """Seconds of rest after which a new row begins a new line (docs/protocol.md)."""
    point: float = 0.3
    """The same of a row that begins with a bullet, as the line before did; 0.2 to 0.6: text may be typed on at once."""
    speech: float = 0.5
    """The same before and behind what Japanese and Chinese quote: somebody else speaks, or nobody; 0.3 to 0.8."""
    glimpse: float = 0.3
    """Seconds for which a few letters that were read but once must have stood; 0.2 to 0.5."""
    settled: float = 0.25
    """Seconds after its last growth at which a line must have been seen unchanged to have rested; 0.1 to 0.4."""
    at_once: float = 0.2
    """Seconds within which rows come together; 0.1 to 0.3: two looks at a moving picture."""
    row_gap: float = 1.3
    """Widest gap between two rows of one text, in their height; 1 to 1.8: paragraphs are set further apart."""
    word_gap: float = 2.2
    """Widest gap between two words of a row, in its height; 1.5 to 3. A wide space of Chinese text is one."""

    def sure_of(self, text: str) -> float:
        """Confidence from which one look at a text is enough."""
        letters = sum(character.isalnum() for character in text)
        if not letters:
            return self.sure_of_marks
        return self.sure if letters > self.few else self.sure_of_few


@dataclass(frozen=True, slots=True)
class DirectionParameters:
    """When text is taken to run in columns, or in rows again."""

    long: float = 1.6
    """How many times as high as wide a piece of text is that may run downwards; 1.5 to 2.5: two characters."""
    share: float = 0.5
    """Share of the area of all pieces that those must have; 0.3 to 0.7: most of the text."""
    sure: float = 0.8
    """Confidence from which what is read in the other direction counts; 0.75 to 0.9. Across it is seldom over 0.6."""
    enough: int = 4
    """Letters surely read in the other direction in one look that tell it; 3 to 6."""
    used: int = 3
    """Lines that ran in rows after which one look's columns don't tell it, 2 to 5: pixel type is set wide."""
    few: int = 2
    """Letters that tell it where nothing has been said yet, or after others such; 2 to 3. One is a stroke."""
    least_seconds: float = 0.5
    """Seconds between two changes; 0.2 to 1, by the promise never to be blind for longer."""


@dataclass(frozen=True, slots=True)
class EndpointParameters:
    """When a text at rest is taken for complete, live."""

    shortest: float = 0.15
    """Seconds of rest that no text is said before; 0.08 to 0.3."""
    mark: float = 0.09
    """Seconds of calm after the last glyph before which nothing is taken for the game's mark; 0.06 to 0.2."""
    stutter: float = 0.27
    """Seconds of rest up to which a busy game only stutters; 0.2 to 0.35."""
    longest: float = 1.0
    """Seconds of rest after which a text is said however it ends."""
    margin: float = 1.35
    """How many times as long as the longest pause seen a pause may be; 1.2 to 1.6."""
    forgetting: float = 0.93
    """What is left of the longest pause after each line that ended the same way; 0.9 to 0.98."""


WATCH, LOOK, FOLLOW, ENDPOINT = WatchParameters(), LookParameters(), FollowParameters(), EndpointParameters()
DIRECTION = DirectionParameters()
