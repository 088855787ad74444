"""Texts as search sees them: one way of writing for what looks alike, words of a question, and grams for the index.

A word finds every text that contains it, wherever it stands in it: `word in normalised(text)` is the whole meaning of
search, and the grams only say quickly which texts can't contain it.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from wenguo.policy.fields import PROVINCES, Problem

LONGEST = 200  # signs of a question; whoever pastes a letter is told so
EXCERPT = 24  # signs shown before the first hit; three times as many after it
RUN = re.compile(r"[a-z0-9]+")  # letters and digits: numbers, plates, VINs, English
LONG = 4  # signs of a gram within such a run; pairs alone would find a phone's tail in every sixth case
DOT = re.compile(rf"(?<=[{PROVINCES}][a-z])[·•・]")  # 浙A·12345 is stored and often written as 浙A12345


class Seen(dict[int, str]):
    """What is left of each sign, for str.translate: nothing of those nobody sees (of direction, joiners, variants of an
    emoji), a blank for control signs, which part words. Filled as signs are met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        category = unicodedata.category(sign)
        unseen = category in ("Cf", "Cs") or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
        self[code] = "" if unseen else " " if category == "Cc" else sign
        return self[code]


SEEN = Seen()


def normalised(text: str) -> str:
    """One way of writing for what people hold for the same: full and half width, capitals, blanks, unseen signs."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return DOT.sub("", " ".join(folded.translate(SEEN).split()))


def words(text: str) -> list[str]:
    """The words of a question, all of which must be found; [] where nothing can be searched (why_not says why)."""
    found = list(dict.fromkeys(normalised(text).split())) if len(text) <= LONGEST else []
    return found if any(map(asked, found)) else []


def why_not(text: str) -> Problem | None:
    """Why nothing can be searched for `text`; None where it can, and where nothing was asked."""
    if len(text) > LONGEST:
        return Problem("Please search for fewer words: at most %(longest)s signs.", longest=LONGEST)
    if normalised(text) and not words(text):
        return Problem("A single letter or digit is in nearly every case. Please give two or more.")
    return None


def grams(texts: Iterable[str]) -> set[str]:
    """What the index keeps of normalised texts: single signs (but ASCII), pairs, and fours of letters and digits."""
    found: set[str] = set()
    for word in {word for text in texts for word in text.split()}:
        found.update(sign for sign in word if sign > "\x7f")
        found.update(map("".join, zip(word, word[1:], strict=False)))
        for run in RUN.findall(word):
            found.update(_fours(run) if len(run) >= LONG else ())
    return found


def asked(word: str) -> set[str]:
    """Grams by which the index looks for a normalised word; none for a single ASCII sign.

    Every text with the word has them. Of a long number a four at every fourth sign and the last one will do, and
    nothing of what divides it: what they leave is compared with the text itself, and each gram is a list to read.
    """
    if len(word) == 1:
        return {word} if word > "\x7f" else set()
    found: set[str] = set()
    within: set[int] = set()  # where pairs start that a four covers
    for run in RUN.finditer(word):
        if len(run[0]) >= LONG:
            found.update(_fours(run[0], LONG))
            within.update(range(run.start(), run.end() - 1))
    pairs = {word[at : at + 2] for at in range(len(word) - 1) if at not in within}
    return found | {pair for pair in pairs if not found or not pair.isascii()}


def _fours(run: str, step: int = 1) -> set[str]:
    """Fours of a run that is as long at least, one at each `step` signs, the last one among them."""
    last = len(run) - LONG
    return {run[at : at + LONG] for at in (*range(0, last, step), last)}


class Place(NamedTuple):
    """Where a hit stands in a text."""

    start: int
    end: int


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a hit. Together they are the text."""
    pieces, at = [], 0
    for start, end in _places(text, words):
        pieces += [(text[at:start], False)] if start > at else []
        pieces.append((text[start:end], True))
        at = end
    return [*pieces, (text[at:], False)] if at < len(text) else pieces


def excerpt(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The same of a short piece around the first hit, on one line; [] where the text has none."""
    wanted, line = list(words), " ".join(text.split())
    places = _places(line, wanted)
    if not places:
        return []
    start = max(places[0].start - EXCERPT, 0)
    end = max(start + 4 * EXCERPT, places[0].end)
    pieces = marked(line[start:end], wanted)
    return [*([("…", False)] if start else []), *pieces, *([("…", False)] if end < len(line) else [])]


def _places(text: str, words: Iterable[str]) -> list[Place]:
    """Where the words stand in the text as it was written; hits that touch are one."""
    plain, origin = "", []  # origin: from which sign of the text each normalised sign comes
    for at, sign in enumerate(text):
        seen = " " if sign.isspace() else normalised(sign)
        plain += seen
        origin += [at] * len(seen)
    plain, origin = _undotted(plain, origin)
    found: list[Place] = []
    for start, end in sorted(place for word in words for place in _of_word(plain, word)):
        place = Place(origin[start], origin[end - 1] + 1)
        if found and place.start <= found[-1].end:
            found[-1] = Place(found[-1].start, max(found[-1].end, place.end))
        else:
            found.append(place)
    return found


def _undotted(plain: str, origin: list[int]) -> tuple[str, list[int]]:
    gone = {dot.start() for dot in DOT.finditer(plain)}
    kept = [at for at in range(len(plain)) if at not in gone]
    return "".join(plain[at] for at in kept), [origin[at] for at in kept]


def _of_word(plain: str, word: str) -> Iterable[tuple[int, int]]:
    at = plain.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = plain.find(word, at + len(word))
