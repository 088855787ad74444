"""Commands that keep an installation safe: back it up, put it back, say what is wrong with it."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from wenguo.cli.commands import Commands, aside, say, set_up, set_up_as_owner

if TYPE_CHECKING:
    from wenguo.jobs.doctor import Finding  # which needs Django set up


def add_to(commands: Commands) -> None:
    made = commands.add("backup", backup, "备份 · everything that can't be made anew, into the new folder DIR")
    made.add_argument("folder", metavar="DIR", type=Path)
    made = commands.add("restore", restore, "恢复 · a backup into an empty or new database and data folder")
    made.add_argument("folder", metavar="DIR", type=Path)
    made = commands.add("doctor", doctor, "体检 · what is wrong and how to mend it; exit code 1 if anything is")
    made.add_argument("--json", action="store_true")
    made.add_argument("--fix", action="store_true", help="mend what a program may")
    made.add_argument("--rebuild", action="store_true", help="also compare all that is derived with the record")


def backup(asked: argparse.Namespace) -> int:
    set_up()
    from wenguo.jobs import schema
    from wenguo.jobs.backup.writing import back_up
    from wenguo.people.businessclock import now

    schema.wait(say)
    made = back_up(asked.folder, now(), say)
    rows = sum(one.rows for one in made.tables)
    say(f"已备份 · backed up {rows} rows and {len(made.evidence)} files: {asked.folder}")
    if made.lost:
        aside(
            f"证据文件缺失或已改,备份里没有 · {len(made.lost)} evidence files were missing or changed: `wenguo doctor`"
        )
    return 1 if made.lost else 0


def restore(asked: argparse.Namespace) -> None:
    app_url = set_up_as_owner()
    from django.db import connection

    from wenguo.jobs import schema
    from wenguo.jobs.backup.restoring import restore as put_back
    from wenguo.people.businessclock import now

    if connection.vendor != "sqlite":
        schema.wait(say)
    made = put_back(asked.folder, app_url, now(), say)
    rows = sum(one.rows for one in made.tables)
    say(f"已恢复 · restored {rows} rows and {len(made.evidence)} files, as of {made.made_at}")
    if made.lost:
        aside(
            f"备份时已缺的证据 · {len(made.lost)} evidence files were missing when the backup was made: `wenguo doctor`"
        )


def doctor(asked: argparse.Namespace) -> int:
    set_up()
    from wenguo.jobs.doctor import examine
    from wenguo.people.businessclock import now

    found = examine(now(), fix=asked.fix, rebuild=asked.rebuild)
    wrong = any(one.wrong and not one.mended for one in found)
    if asked.json:
        told = {"well": not wrong, "found": [one._asdict() for one in found]}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print_findings(found, wrong)
    return 1 if wrong else 0


def _print_findings(found: list["Finding"], wrong: bool) -> None:
    for one in found:
        mark = "修好了 · mended" if one.mended else "问题 · WRONG" if one.wrong else "留意 · note"
        say(f"[{mark}] {one.check}: {one.what}")
        if not one.mended:
            say(f"    {one.mend}")
    say("有问题 · something is wrong" if wrong else "一切正常 · all is well")
