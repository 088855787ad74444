"""The kinds of field a form may ask for: how each reads what was typed or sent.

A reader takes the field, the raw value and the `Asking`, and returns the value as it is stored: text, whole number,
money in fen, ISO day or moment (UTC), list of codes, person's or file's number. It raises Problem for anything else.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from wenguo.policy.pack import Field


class Problem(Exception):
    """What is wrong with one value: a sentence to translate (English msgid), and what to fill in."""

    def __init__(self, message: str, **fill: Any):
        super().__init__(message)
        self.message, self.fill = message, fill


class Asking(NamedTuple):
    """What a reader may know beside the value. `now` is UTC; `person`, `file` and `case` return None for a stranger."""

    now: datetime
    zone: ZoneInfo
    person: Callable[[Field, str], int | None]
    file: Callable[[str], int | None]
    case: Callable[[str], str | None] = lambda text: None


class Kind(NamedTuple):
    """`private`: personal or free text, kept erasable. `coded`: takes its values from a list of codes."""

    read: Callable[[Field, Any, Asking], Any]
    private: bool = False
    coded: bool = False
    many: bool = False


PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(
    rf"[{PROVINCES}][A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{{5}}|[A-HJ-NP-Z0-9]{{4}}[挂学警港澳领试超]"
    r"|[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK])",
    re.ASCII,
)
# 010 and 02x are whole area codes; all others have four digits.
PHONE = re.compile(r"1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})\d{7,8}(?:-\d{1,6})?|[48]00\d{7}|\+[1-9]\d{6,14}", re.ASCII)
NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|[+-]?\.\d+", re.ASCII)
LONGEST_NUMBER = 28  # signs: what Decimal reckons without rounding
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
LONGEST = {"text": 200, "long_text": 20_000}
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 1, 1)


def _typed(raw: Any) -> str:
    """What was typed, as one kind of digit and letter (full-width signs become ordinary ones)."""
    if not isinstance(raw, str | int) or isinstance(raw, bool):
        raise Problem("This must be text.")
    if (isinstance(raw, int) and abs(raw) > 10**30) or (isinstance(raw, str) and len(raw) > LONGEST["text"]):
        raise Problem("This is too long.")
    return unicodedata.normalize("NFKC", str(raw)).strip()


def read_text(field: Field, raw: Any, asking: Asking) -> str:
    """Text exactly as given; only line ends become \\n. Control signs are refused: no database keeps them all."""
    if not isinstance(raw, str):
        raise Problem("This must be text.")
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    longest = field.longest or LONGEST[field.kind]
    if len(text) > longest:
        raise Problem(
            "Too long: %(length)s signs, at most %(longest)s. Long papers can be attached as files.",
            length=len(text), longest=longest,
        )  # fmt: skip
    lines = field.kind == "long_text"
    for sign in text:
        if (unicodedata.category(sign) in ("Cc", "Cs")) and not (lines and sign in "\n\t"):
            if sign == "\n":
                raise Problem("This must be on one line.")
            raise Problem("A sign here can't be stored (code %(code)s). Please remove it.", code=f"U+{ord(sign):04X}")
    return text


def _number(field: Field, text: str) -> Decimal:
    text = text.strip()
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        raise Problem("This must be a number.")
    value = Decimal(text.replace(",", ""))
    if abs(value) > 10**12:
        raise Problem("This must be a number.")
    if field.smallest is not None and value < field.smallest:
        raise Problem("At least %(smallest)s.", smallest=field.smallest)
    if field.largest is not None and value > field.largest:
        raise Problem("At most %(largest)s.", largest=field.largest)
    return value


def read_number(field: Field, raw: Any, asking: Asking) -> int | str:
    """A whole number as int; one with decimals as its shortest text (the record holds no floats)."""
    value = _number(field, _typed(str(raw) if isinstance(raw, float) else raw))
    return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"


def read_money(field: Field, raw: Any, asking: Asking) -> int:
    """Yuan with at most two decimals, as fen. Never negative unless the pack says so by `smallest`."""
    value = _number(field, _typed(str(raw) if isinstance(raw, float) else raw).removeprefix("¥").removesuffix("元"))
    fen = value * 100
    if fen != fen.to_integral_value():
        raise Problem("An amount has at most two decimals.")
    if value < (field.smallest or 0):
        raise Problem("An amount can't be negative.")
    if abs(value) > 100_000_000:
        raise Problem("At most %(largest)s.", largest="100,000,000")
    return int(fen)


def read_amounts(field: Field, raw: Any, asking: Asking) -> dict[str, int] | None:
    """Yuan by code, as fen; what costs nothing is left out, and nothing at all is None."""
    if not isinstance(raw, dict) or not all(isinstance(code, str) and code in field.options for code in raw):
        raise Problem("Please choose from the list.")
    found: dict[str, int] = {}
    for code, label in field.options.items():
        if raw.get(code) is None or not str(raw[code]).strip():
            continue
        try:
            found[code] = read_money(field, raw[code], asking)
        except Problem as problem:
            raise Problem("%(what)s: %(problem)s", what=label, problem=problem) from problem
    return {code: fen for code, fen in found.items() if fen} or None


def read_case(field: Field, raw: Any, asking: Asking) -> str:
    """The number of another case within this person's sight."""
    found = asking.case(_typed(raw))
    if found is None:
        raise Problem("There is no such case.")
    return found


def read_mileage(field: Field, raw: Any, asking: Asking) -> int:
    """Kilometres, 0 to 3,000,000; "1.2万" is understood."""
    text = _typed(raw).lower().removesuffix("公里").removesuffix("km").strip()
    times = 10_000 if text.endswith("万") else 1
    value = _number(field, text.removesuffix("万")) * times
    if value != value.to_integral_value() or not 0 <= value <= 3_000_000:
        raise Problem("A mileage is a whole number of kilometres from 0 to 3,000,000.")
    return int(value)


def _day(text: str) -> date:
    try:
        year, month, day = (int(part) for part in re.split(r"[-/.年月]", text.removesuffix("日")))
        found = date(year, month, day)
    except (ValueError, OverflowError):
        raise Problem("This must be a day such as 2026-03-15.") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Problem("This day can't be right.")
    return found


def read_date(field: Field, raw: Any, asking: Asking) -> str:
    """A day of the branch's calendar, as YYYY-MM-DD."""
    return _day(_typed(raw)).isoformat()


def read_time(field: Field, raw: Any, asking: Asking) -> str:
    """A time of day, as HH:MM."""
    try:
        return time.fromisoformat(re.sub(r"^(\d):", r"0\1:", _typed(raw))).strftime("%H:%M")
    except ValueError:
        raise Problem("This must be a time such as 15:30.") from None


def read_moment(field: Field, raw: Any, asking: Asking) -> str:
    """Day and time, in the branch's zone unless it names its own; stored as ISO UTC. Past, or future where asked."""
    text = _typed(raw).upper().replace("/", "-").replace("Z", "+00:00")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("This must be day and time such as 2026-03-15 14:30.") from None
    if not FIRST_DAY <= found.date() <= LAST_DAY:
        raise Problem("This day can't be right.")
    if found.tzinfo is None:
        found = found.replace(tzinfo=asking.zone)
    found = found.astimezone(UTC)
    if field.future and found <= asking.now:
        raise Problem("This must lie in the future.")
    if not field.future and found > asking.now:
        raise Problem("This can't lie in the future.")
    return found.isoformat()


def read_choice(field: Field, raw: Any, asking: Asking) -> str:
    if not isinstance(raw, str) or raw not in field.options:
        raise Problem("Please choose one of the list.")
    return raw


def read_choices(field: Field, raw: Any, asking: Asking) -> list[str]:
    values = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(value, str) and value in field.options for value in values):
        raise Problem("Please choose from the list.")
    return [key for key in field.options if key in values]


def read_yes_no(field: Field, raw: Any, asking: Asking) -> bool:
    if isinstance(raw, bool):
        return raw
    answers = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
    if not isinstance(raw, str) or raw.lower() not in answers:
        raise Problem("Please answer yes or no.")
    return answers[raw.lower()]


def read_rating(field: Field, raw: Any, asking: Asking) -> int:
    """One to five."""
    text = _typed(raw)
    if text not in ("1", "2", "3", "4", "5"):
        raise Problem("A rating is from 1 to 5.")
    return int(text)


def read_phone(field: Field, raw: Any, asking: Asking) -> str:
    """Mainland mobile, land line, 400/800 number; others with + and country code. Stored without blanks."""
    text = re.sub(r"[\s()‐-―]", "", _typed(raw)).removeprefix("+86").removeprefix("0086")
    text = re.sub(r"^(0\d{2,3})-", r"\1", text)
    text = text if re.fullmatch(r"0\d{9,11}-\d{1,6}", text) else text.replace("-", "")
    if not PHONE.fullmatch(text):
        raise Problem("This is not a complete phone number: 11 digits, or area code and number.")
    return text


def read_plate(field: Field, raw: Any, asking: Asking) -> str:
    """7 signs, or 8 for new-energy cars; blanks and the middle dot are dropped."""
    text = re.sub(r"[\s·•.\-]", "", _typed(raw).upper())
    if not PLATE.fullmatch(text):
        raise Problem("This is not a plate such as 浙A12345 or 浙AD12345.")
    return text


def read_vin(field: Field, raw: Any, asking: Asking) -> str:
    text = re.sub(r"[\s-]", "", _typed(raw).upper())
    if not VIN.fullmatch(text):
        raise Problem("A VIN has 17 letters and digits, never I, O or Q.")
    return text


def read_person(field: Field, raw: Any, asking: Asking) -> int:
    found = asking.person(field, _typed(raw))
    if found is None:
        raise Problem("Please choose somebody who can do this here.")
    return found


def read_file(field: Field, raw: Any, asking: Asking) -> list[int]:
    """Numbers of files that were uploaded before by the same person and belong to no case yet."""
    values = raw if isinstance(raw, list) else [raw]
    found = [asking.file(_typed(value)) for value in values]
    if None in found:
        raise Problem("This file is not here. Please upload it again.")
    return [number for number in found if number is not None]


KINDS: dict[str, Kind] = {
    "text": Kind(read_text, private=True),
    "long_text": Kind(read_text, private=True),
    "date": Kind(read_date),
    "time": Kind(read_time),
    "moment": Kind(read_moment),
    "number": Kind(read_number),
    "money": Kind(read_money),
    "choice": Kind(read_choice, coded=True),
    "choices": Kind(read_choices, coded=True, many=True),
    "yes_no": Kind(read_yes_no),
    "phone": Kind(read_phone, private=True),
    "plate": Kind(read_plate, private=True),
    "vin": Kind(read_vin, private=True),
    "mileage": Kind(read_mileage),
    "person": Kind(read_person),
    "rating": Kind(read_rating),
    "file": Kind(read_file, many=True),
    "amounts": Kind(read_amounts, coded=True),
    "case": Kind(read_case),
}
