"""A database as full of different things as real acts make it, and its rows as another database must have them too."""

import json
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password

from tests.notify.telling import outlet
from tests.people import NOW, actor, at_stage, take
from wenguo.cases import evidence
from wenguo.cases.models import Draft, EntryPrivate, Loop, Reckoned, SameFault, Seal, Watched
from wenguo.cases.stock_taking import Stock, sign_off
from wenguo.jobs.backup.tables import LEFT_OUT
from wenguo.notify.models import Posting
from wenguo.notify.wishes import choose
from wenguo.people.amend import amend
from wenguo.people.calendar_changes import change_branch_days, change_opening_hours
from wenguo.people.models import BranchNumber, Deputy, Staff, Token
from wenguo.policy.load import default_pack
from wenguo.policy.opening import USUAL
from wenguo.vehicles.models import Care, DefectReport, Focus, Visit, VisitProblem, VisitWait
from wenguo.web.models import Attempt

ODD = "行\u2028尾\u2029 \x07 \u202e反 😀👨‍👩‍👧 \\ \" ' \t\r\n NULL \\N 𠮷 ﷽ ｱ"  # what files of lines get wrong
SENT = "行\u2028尾\u2029 反 😀👨‍👩‍👧 \\ \" ' NULL \\N 𠮷 ﷽ ｱ"  # as a form takes it


def make_busy() -> None:
    """Cases at many stages, notices, evidence, drafts, private values, erased ones, amendments, odd text."""
    for nth, stage in enumerate(default_pack().processes["complaint"].stages.values()):
        if not stage.side and stage.key != "merged":
            at_stage(
                stage.key, content=SENT, customer_name="陶朵拉 O'Hara", phone=f"1390013{nth:04d}", plate=f"浙B{nth:05d}"
            )
    take(at_stage("approving", phone="13900139002", plate="浙B00002", mileage_km="32000"), "approved", amount="1200")
    case = at_stage("investigating", phone="13900139001", plate="浙B00001")
    take(case, "evidence_added", **_file("发票.txt", ODD.encode()))
    evidence.store("没有案件.txt", [b"belongs to no case yet"], actor("alice"), NOW)
    erased = EntryPrivate.objects.filter(entry__case=case).order_by("id")[0]
    EntryPrivate.objects.filter(pk=erased.pk).update(salt="", value="")
    alice = Staff.objects.get(username="alice")
    amend(alice, "system", {"name": "安丽思 " + ODD[:8].replace("\x07", "")}, "name", NOW)
    number = BranchNumber.objects.first()
    amend(number, "system", {"value": 2**31 - 1}, "big", NOW + timedelta(microseconds=1))
    change_opening_hours(case.branch, USUAL, "system", "hours", NOW)
    change_branch_days(case.branch, [date(2028, 2, 29)], "own", "22:00-24:00", "system", "盘点", NOW)
    Draft.objects.create(staff=alice, case=None, verb="registered", saved_at=NOW, data={
        "typed": {"content": ODD, "empty": "", "nothing": None, "big": 2**60, "zero": 0, "yes": True, "list": [1, "2"]}
    })  # fmt: skip
    Deputy.objects.create(absent=alice, deputy_id=alice.pk + 1, since="1988-07-01", until="2028-02-29")
    visit = Visit.objects.create(
        branch=case.branch, order_no="R'1", kind="repair", vehicle=case.vehicle, in_at=NOW, complaint=ODD.strip(),
        parts=[{"name": ODD, "quantity": "0.5", "fen": 2**53 + 1}], labour_fen=-(2**62), total_fen=None, quality="",
    )  # fmt: skip
    VisitProblem.objects.create(visit=visit, name=ODD[:60], severe=True, claims=["misuse", ODD], wear_km=2**31 - 1)
    VisitWait.objects.create(visit=visit, why="rescue", since=NOW, until=NOW + timedelta(microseconds=1))
    DefectReport.objects.create(branch=case.branch, vehicle=case.vehicle, learned_on="2028-02-29", what=ODD)
    focus = Focus.objects.create(
        branch=case.branch, vehicle=case.vehicle, why="returned", reason=ODD, state="watched", since=NOW,
        technician=alice,
    )  # fmt: skip
    Care.objects.create(
        branch=case.branch, focus=focus, way="letter", done_on="1988-07-01", satisfied=None, told=ODD, by=alice
    )
    postal = outlet("webhook", "https://93.184.216.34/")
    entry = case.entries.order_by("seq")[0]
    Posting.objects.create(entry=entry, outlet=postal, next_try_at=NOW, tries=3, failure="status 502", together=2**60)
    choose(alice.pk, {"mail": "all", "quiet_from": "22:00", "quiet_until": "07:00"}, "system", None, NOW)
    Reckoned.objects.create(pk=1, amendment=2**60)
    Watched.objects.create(pk=1, latest=2**60, whole_at=NOW)
    SameFault.objects.create(
        case=case, branch=case.branch, vehicle=case.vehicle, model=SENT[:40], fault="engine/noise", opened_at=NOW
    )  # fmt: skip
    sign_off(case.branch, NOW.date(), Stock([], [], True), actor("alice"), SENT, NOW)
    Seal.objects.create(at=NOW, first=1, last=2**62, count=2, root="a" * 64, prev="0" * 64, hash="b" * 64)
    Token.objects.create(staff=alice, name="令牌", digest="d" * 64, created_at=NOW)
    Attempt.objects.create(key="k" * 64, count=3, since=NOW)
    Loop.objects.create(name="tick", holder="", until=NOW, beat_at=NOW + timedelta(microseconds=7))
    Staff.objects.create(username="gone", name="", password=make_password("x"), is_active=False)


def _file(name: str, content: bytes) -> dict[str, Any]:
    form = default_pack().forms[default_pack().processes["complaint"].steps["evidence_added"].form]
    key = next(one.key for one in form.fields if one.kind == "file")
    return {key: [evidence.store(name, [content], actor("alice"), NOW).pk]}


def all_rows() -> dict[str, list[tuple]]:
    """Every row of every table that a backup holds, as Python values."""
    return {
        kind._meta.db_table: [
            tuple(json.dumps(one, sort_keys=True) if isinstance(one, dict | list) else one for one in row)
            for row in kind._base_manager.order_by("pk").values_list()
        ]
        for kind in apps.get_models(include_auto_created=True)
        if kind._meta.db_table not in LEFT_OUT
    }  # fmt: skip
