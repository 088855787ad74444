"""How far a long task has come and how long it will still take, a line every few seconds."""

import time
from collections.abc import Callable

EVERY = 3.0  # seconds between two lines


class Progress:
    """Counts work done, in any unit, against `total` (which may be an estimate)."""

    def __init__(self, what: str, total: int, say: Callable[[str], None]):
        self.what, self.total, self.say = what, total, say
        self.count, self.began = 0, time.monotonic()
        self.next_at = self.began + EVERY

    def done(self, more: int) -> None:
        """`more` of the work is done."""
        self.count += more
        if (at := time.monotonic()) >= self.next_at and self.count:
            share = min(self.count / max(self.total, 1), 1)
            left = round((at - self.began) * (1 - share) / share) if share else 0
            self.say(f"{self.what} {share:.0%} · 还要 {left} 秒 · {left} s left")
            self.next_at = at + EVERY
