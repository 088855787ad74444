"""Cells as people and programs write them, turned into what the readers of fields take."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wenguo.policy.fields import KINDS, Asking, Problem
from wenguo.policy.pack import Field, Label, Pack
from wenguo.reports.kinds import imports_of

NOTHING = {"-", "--", "---", "/", "\\", "无", "空", "暂无", "未知", "n/a", "na", "null", "none", "nan", "#n/a"}
FIRST_SERIAL = date(1899, 12, 30)  # day 0 of a spreadsheet
SERIAL = re.compile(r"([2-7]\d{4})(?:\.(\d+))?")  # days from 1954 to 2118
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
PACKED_DAY = re.compile(r"(20\d{2}|19\d{2})(\d{2})(\d{2})")
CLOCK = re.compile(r"(\d{1,2})\s*[::时点]\s*(\d{1,2})(?:\s*[::分]\s*(\d{1,2})(\.\d+)?)?\s*[秒分]?")
YES = {"是", "有", "对", "y", "yes", "true", "1", "√", "✓"}
NO = {"否", "没有", "不", "n", "no", "false", "0", "×", "x"}
BETWEEN_CODES = re.compile(r"[,,;;、|/\n]+")
ANY_TIME = Asking(datetime(2100, 1, 1, tzinfo=UTC), ZoneInfo("UTC"), lambda field, text: None, lambda text: None)


class Words:
    """The words of a pack's codes: key, Chinese, English, and as others say."""

    def __init__(self, pack: Pack):
        self.imports = imports_of(pack)
        self.closed = {plain(word) for word in self.imports.closed}
        self.open = {plain(word) for word in self.imports.open}
        self.codes = {name: self._of(name, labels) for name, labels in pack.codes.items()}

    def _of(self, name: str, labels: dict[str, Label]) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, label in labels.items():
            for word in (key, label.says, label.en):
                found.setdefault(plain(word), key)
        for key, words in self.imports.words.get(name, {}).items():
            for word in words:
                found.setdefault(plain(word), key)
        return found

    def code(self, field: Field, text: str) -> str:
        """The code that is meant. Raises Problem naming the word."""
        found = self.codes.get(field.codes, {}).get(plain(text))
        if found is None:
            raise Problem("“%(word)s” is none of the words known here.", word=text.strip()[:40])
        return found

    def over(self, text: str) -> bool | None:
        """Whether a status says that the complaint is over; None where it says neither."""
        word = plain(text)
        return True if word in self.closed | YES else False if word in self.open | NO else None

    def fits(self, field: Field, text: str) -> bool:
        """Whether the text can be read as this kind of field at all."""
        try:
            value = typed(field, text, self)
            if value is not None:
                KINDS[field.kind].read(field, value, ANY_TIME)
        except Problem:
            return False
        return True


def plain(word: str) -> str:
    """A word as it is compared: one kind of letter, single blanks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", word).casefold()).strip()


def typed(field: Field, text: str, words: Words) -> Any:
    """The cell as somebody would fill in the field; None for an empty one. Raises Problem."""
    if field.kind == "long_text":
        return text
    text = unicodedata.normalize("NFC", text).strip()
    if not text or (field.kind != "text" and plain(text) in NOTHING):
        return None
    match field.kind:
        case "choice":
            return words.code(field, text)
        case "choices":
            return [words.code(field, one) for one in BETWEEN_CODES.split(text) if one.strip()]
        case "date":
            return _day_and_rest(text)[0]
        case "moment":
            return _moment(text)
        case "yes_no":
            return _yes_no(text)
        case "phone" | "number" | "mileage":
            return re.sub(r"^(\d+)\.0+$", r"\1", text)  # as programs write what a spreadsheet took for a number
    return text


def _yes_no(text: str) -> bool:
    word = plain(text)
    if word not in YES | NO:
        raise Problem("Please answer yes or no.")
    return word in YES


def _moment(text: str) -> str:
    day, rest = _day_and_rest(text)
    clock = CLOCK.fullmatch(rest)
    if clock:
        hour, minute, second, part = clock.groups()
        return f"{day} {int(hour):02}:{minute.zfill(2)}:{(second or '0').zfill(2)}{(part or '')[:7]}"
    return f"{day} {rest}" if rest else day  # with a zone, or not understood: the field's own reader says so


def _day_and_rest(text: str) -> tuple[str, str]:
    """The day as 2026-03-05, and what stands after it. Texts of no known shape come back as they are."""
    text = unicodedata.normalize("NFKC", text).strip()
    if serial := SERIAL.fullmatch(text):
        day = FIRST_SERIAL + timedelta(days=int(serial[1]))
        return day.isoformat(), _part_of_day(serial[2])
    if found := DAY.match(text) or PACKED_DAY.fullmatch(text):
        year, month, day_of_month = found.groups()
        return f"{year}-{month.zfill(2)}-{day_of_month.zfill(2)}", text[found.end() :].lstrip(" T,")
    return text, ""


def _part_of_day(digits: str | None) -> str:
    """The clock time of a spreadsheet's fraction of a day; "" for none."""
    seconds = round(float(f"0.{digits or 0}") * 86_400) % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds else ""
