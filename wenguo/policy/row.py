"""What every row of a pack has: its words, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Label:
    """A word of the trade in Chinese (`says`) and English (`en`)."""

    says: str
    en: str

    def word(self, language: str) -> str:
        """The word in `language` ("en", or anything else for Chinese)."""
        return self.en if language.startswith("en") else self.says


@dataclass(frozen=True, order=True)
class Place:
    """Where a row stands: file inside the packs folder, and line (1 is the first). `keys`: the lines of its keys."""

    file: str
    line: int
    keys: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def of(self, key: str) -> "Place":
        """Where `key` of this row stands; the row itself where the key isn't written."""
        return Place(self.file, self.keys.get(key, self.line))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"
