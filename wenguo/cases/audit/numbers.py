"""Numbers of cases against the counters that give them out."""

import re
from collections.abc import Iterator

from wenguo.cases.audit.finding import Finding, asked
from wenguo.cases.models import Counter

NUMBERED = re.compile(r"(.+)-(\d{6})-(\d{4,})")


class Numbers:
    """Case numbers have no gaps: a case that vanished with everything of it leaves one."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], tuple[int, int]] = {}  # how many, and their sum, by branch and month

    def saw(self, number: str) -> None:
        if found := NUMBERED.fullmatch(number):
            self._add((found[1], found[2]), 1, int(found[3]))

    def add(self, other: "Numbers") -> None:
        """What was seen in another piece of the record."""
        for key, tally in other.seen.items():
            self._add(key, *tally)

    def _add(self, key: tuple[str, str], many: int, total: int) -> None:
        there = self.seen.get(key, (0, 0))
        self.seen[key] = there[0] + many, there[1] + total

    def faults(self) -> Iterator[Finding]:
        for code, month, last in Counter.objects.order_by("branch", "month").values_list(
            "branch__code", "month", "last"
        ):
            if self.seen.pop((code, month), (0, 0)) != (last, last * (last + 1) // 2):
                yield self._gap(code, month, last)
        for code, month in self.seen:
            yield Finding(f"{code}-{month}", "编号的计数不见了", "the count of these numbers is gone")

    def _gap(self, code: str, month: str, last: int) -> Finding:
        rows = asked("SELECT number FROM cases_case WHERE number LIKE %s", [f"{code}-{month}-%"])
        there = {int(found[3]) for (number,) in rows if (found := NUMBERED.fullmatch(number)) and found[1] == code}
        lost = next((nth for nth in range(1, last + 1) if nth not in there), last + 1)
        where = f"{code}-{month}-{lost:04d}"
        if lost > last:
            return Finding(where, "编号超出了计数", "this number lies beyond the count")
        return Finding(where, "整张投诉单不见了", "this case is gone as a whole")
