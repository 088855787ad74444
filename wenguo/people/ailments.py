"""What may be wrong with an installation, in words; and what of it lies in the tables of this part.

Each part looks after its own tables: `wenguo doctor` only collects what they find and prints it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import available_timezones

from wenguo.people.actors import today_of
from wenguo.people.calendars import missing_year
from wenguo.people.models import Branch, BranchDay, OpeningHours, Post
from wenguo.policy.fields import Problem
from wenguo.policy.load import packs
from wenguo.policy.opening import KEYS
from wenguo.policy.periods import read_periods


class Ailment(NamedTuple):
    """One thing that is wrong: what it is and how to mend it, each "中文 · English".

    `wrong`: False for what should be known and is no fault by itself. Never holds personal data.
    """

    what: str
    mend: str
    wrong: bool = True


def branches() -> Iterator[Ailment]:
    """Branches whose pack or time zone isn't known, or whose place in the tree isn't what their parent says."""
    zones = available_timezones()
    by_id = {one.pk: one for one in Branch.objects.order_by("path")}
    for one in by_id.values():
        if one.pack not in packs():
            yield Ailment(
                f"机构 {one.code} 的行业包不存在 · branch {one.code} has an unknown pack: {one.pack}", GIVE_PACK
            )
        if one.zone not in zones:
            yield Ailment(
                f"机构 {one.code} 的时区不存在 · branch {one.code} has an unknown zone: {one.zone}", GIVE_ZONE
            )
        above = by_id[one.parent_id].path if one.parent_id in by_id else "/"
        if one.path != f"{above}{one.pk}/":
            yield Ailment(f"机构 {one.code} 的上下级不一致 · branch {one.code} isn't below its parent", MOVE)


GIVE_PACK = "换回带有该包的版本,或改门店的包 · install the version that has this pack, or give the branch another one"
GIVE_ZONE = "改门店的时区 · give the branch a time zone such as Asia/Shanghai"
MOVE = "在设置里把它移到正确的上级 · move it below the right branch in the settings"


def posts() -> Iterator[Ailment]:
    """Roles that people hold and their branch's pack doesn't know: they may do nothing by them."""
    held = Post.objects.order_by("branch__code", "role").values_list("branch__code", "branch__pack", "role").distinct()
    for code, pack, role in held:
        if pack in packs() and role not in packs()[pack].roles:
            yield Ailment(
                f"{code} 有人担任未知角色 · somebody at {code} holds a role that the pack doesn't know: {role}",
                "在设置里给他们新的角色 · give them one of the pack's roles in the settings",
            )


def calendar(now: datetime) -> Iterator[Ailment]:
    """Hours that can't be read, which no page can store; and a year that ought to be in the country's calendar by now
    and isn't: working time counts by the week then."""
    yield from _unreadable()
    year = missing_year(today_of(now))
    if year is not None and Branch.objects.exists():
        yield Ailment(
            f"{year} 年的放假和调休还没有录入 · the calendar lacks the holidays and make-up workdays of {year}",
            "在“设置 · 工作日历”里填入或导入 · fill or import the year under Settings, Working calendar",
            wrong=False,
        )


def _unreadable() -> Iterator[Ailment]:
    rows = [(one.branch.code, getattr(one, key)) for one in OpeningHours.objects.select_related("branch")
            for key in KEYS]  # fmt: skip
    rows += list(BranchDay.objects.values_list("branch__code", "periods"))
    for code, text in dict.fromkeys(rows):
        try:
            read_periods(text)
        except Problem:
            yield Ailment(
                f"机构 {code} 的营业时间无法识别 · the hours of branch {code} can't be read: {text}",
                "在“设置 · 工作日历”里重新填写 · write them anew under Settings, Working calendar",
            )
