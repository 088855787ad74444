"""The sample dealer group: made from the pack's sample/*.toml, every act through the door, in the order of time."""

import os
import random
import struct
import tomllib
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password

from wenguo.cases.door import act, open_case
from wenguo.cases.evidence import store
from wenguo.cases.models import Case, Clock
from wenguo.jobs.newcomers import found_branch
from wenguo.people.actors import SYSTEM, actor_of
from wenguo.people.amend import amend
from wenguo.people.models import Branch, Post, Staff
from wenguo.policy.load import PACKS, default_pack, packs
from wenguo.policy.pack import Field, Pack


class Deed(NamedTuple):
    """One act of the sample: when, on which complaint (by place in the list), what, by whom, with what."""

    at: datetime
    complaint: int
    do: str
    by: str
    given: dict[str, Any]


def greeting(wanted: bool, now: datetime, say: Callable[[str], None]) -> str:
    """What `serve` adds to its address: the sample logins (filling an empty installation first), or how to begin."""
    if wanted and not Branch.objects.exists():
        fill(None, 1, 6, password(), now, say)
    if not Branch.objects.exists():
        return "\n还没有门店 · no branch yet: wenguo branch add, wenguo user add, or wenguo serve --demo"
    return "\n" + logins() if wanted and authenticate(None, username="manager", password=password()) else ""


def password() -> str:
    """The password of all sample staff."""
    return os.environ.get("WENGUO_DEMO_PASSWORD") or "wenguo-demo"


def logins() -> str:
    """The sample logins and their password, in two lines."""
    rows = Staff.objects.exclude(username__endswith="_b").order_by("id").values_list("username", "name")
    named = ", ".join(f"{login} ({name})" for login, name in rows)
    return f"样例账号 · sample logins: {named}; 另一家店加 _b · the second shop: _b\n密码 · password: {password()}"


def fill(cases: int | None, seed: int, months: int, secret: str, now: datetime, say: Callable[[str], None]) -> int:
    """Fills an empty installation with the sample group and its complaints; returns how many cases there are.

    `cases` beyond the written ones repeat them with other customers and other days of the last `months` months, the
    same for the same `seed`. Acts that would lie after `now` (UTC) are left out. `say` hears of progress.
    """
    pack = default_pack()
    sample = PACKS / pack.name / "sample"
    staff = _people(pack, sample, secret, now)
    complaints = tomllib.loads((sample / "complaints.toml").read_text(encoding="utf-8"))["complaint"]
    complaints = list(_repeated(complaints, cases or len(complaints), random.Random(seed), months))
    deeds = sorted(
        (deed for nth, one in enumerate(complaints) for deed in _deeds(pack, nth, one, now)),
        key=lambda deed: (deed.at, deed.complaint),
    )
    opened: dict[int, Case] = {}
    for count, deed in enumerate(deeds):
        if count % 50 == 0:
            say(f"样例数据 · sample data {count * 100 // len(deeds)}%")
        _ring(deed.at)
        _play(pack, deed, complaints[deed.complaint], staff, opened)
    _ring(now)
    return len(opened)


def _people(pack: Pack, sample: Path, secret: str, now: datetime) -> dict[str, Staff]:
    tables = tomllib.loads((sample / "staff.toml").read_text(encoding="utf-8"))
    hashed = make_password(secret)
    branches: dict[str, Branch] = {}
    for row in tables["branch"]:
        branches[row["code"]] = found_branch(row["code"], row["says"], row["en"], branches.get(row["parent"]), now)
    staff = {}
    for row in tables["person"]:
        # The hash of a password is no news for the record: it isn't among the fields that are amended.
        fresh = Staff(password=hashed)
        person = {"username": row["login"], "name": row["name"]}
        staff[row["login"]] = amend(fresh, SYSTEM.code, person, "sample", now)
        post = {"staff": staff[row["login"]], "branch": branches[row["branch"]], "role": row["role"]}
        amend(Post(), SYSTEM.code, {**post, "since": date(2020, 1, 1)}, "sample", now)
    return staff


def _repeated(written: list[dict], wanted: int, chance: random.Random, months: int) -> Iterator[dict]:
    """The written complaints, then copies of them with other customers, cars and days."""
    yield from written[:wanted]
    for nth in range(len(written), wanted):
        model = chance.choice(written)
        intake = {key: value for key, value in model["intake"].items() if key != "vin"}
        if "phone" in intake:
            intake["phone"] = f"1390000{chance.randrange(10_000):04d}"
        if "plate" in intake:
            intake["plate"] = f"{intake['plate'][:2]}{nth % 100_000:05d}"
        yield {**model, "intake": intake, "days_ago": chance.uniform(0.1, months * 30)}


def _deeds(pack: Pack, nth: int, complaint: dict, now: datetime) -> Iterator[Deed]:
    at = now - timedelta(days=complaint["days_ago"])
    yield Deed(at, nth, "registered", complaint["by"], complaint["intake"])
    for step in complaint.get("step", ()):
        at += timedelta(hours=step["after_hours"])
        if at < now:
            yield Deed(at, nth, step["do"], step["by"], step["with"])


def _ring(now: datetime) -> None:
    """Lets every clock that ran out until `now` say so at its own time."""
    due = Clock.objects.filter(stopped_at=None, overdue_at=None, due_at__lte=now, case__stage_type="open")
    for clock in due.order_by("due_at", "id").select_related("case"):
        act(clock.case, "overdue", SYSTEM, {"clock": clock.kind, "nth": clock.nth}, clock.due_at)


def _play(pack: Pack, deed: Deed, complaint: dict, staff: dict[str, Staff], opened: dict[int, Case]) -> None:
    by = actor_of(staff[deed.by], deed.at)
    process = packs()[pack.name].processes[pack.opens]
    form = pack.forms[process.steps[deed.do].form]
    given = {
        key: _raw(form_field, value, deed.at, staff, lambda: store("签字件.png", [_picture()], by, deed.at).pk)
        for key, value in deed.given.items()
        if (form_field := form.field(key))
    }
    if deed.complaint in opened:
        act(opened[deed.complaint], deed.do, by, given, deed.at)
    else:
        branch = Branch.objects.get(code=complaint["branch"])
        opened[deed.complaint] = open_case(process.name, branch, by, given, deed.at).case


def _raw(asked: Field, value: Any, at: datetime, staff: dict[str, Staff], picture: Callable[[], int]) -> Any:
    """What a person would have typed: logins become people, hours and days become moments and dates."""
    match asked.kind:
        case "person":
            return str(staff[value].pk)
        case "moment":
            return (at + timedelta(hours=value)).astimezone(UTC).isoformat()
        case "date":
            return (at.astimezone(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=value)).isoformat()
        case "file":
            return [str(picture())]
    return value


def _picture() -> bytes:
    """A small grey PNG that stands for the photo of a signed paper."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    width, height = 240, 160
    rows = b"".join(b"\0" + (b"\xd0" if row % 24 > 20 else b"\xf4") * width for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
