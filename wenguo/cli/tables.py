"""Commands that bring tables in and take them out."""

import argparse
import os
import sys
from pathlib import Path

from wenguo.cli.commands import Commands, ready, say
from wenguo.policy.imports import KINDS


def add_to(commands: Commands) -> None:
    made = commands.add("import", bring_in, "导入表格 · bring in a table (csv or xlsx); running it twice adds nothing")
    made.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    made.add_argument("file", metavar="FILE", type=Path)
    made.add_argument("--map", default="", help="a saved column map, by its name")
    made.add_argument("--branch", help="code of the branch meant where a row names none")
    made.add_argument("--dry-run", action="store_true", help="say what would be refused, store nothing")
    made = commands.add("export", take_out, "导出表格 · write a table; FILE ends in .csv or .xlsx")
    made.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    made.add_argument("file", metavar="FILE", type=Path)
    made.add_argument("--branch", help="code of the branch whose rows, and those below it, are written (default: all)")


def language() -> str:
    return "en" if os.environ.get("LANG", "").startswith("en") else "zh-hans"


def bring_in(asked: argparse.Namespace) -> int:
    ready()
    from wenguo.jobs import imports, rules
    from wenguo.people.businessclock import now

    branch = rules.branch_named(asked.branch) if asked.branch else None
    rejected = imports.run_here(
        asked.kind, asked.file, branch, asked.map, asked.dry_run, language(), now(), _progress_line()
    )
    return 1 if rejected else 0


def _progress_line():
    """Says each line; on a terminal the progress goes over itself."""

    def told(line: str) -> None:
        passing = "/" in line.split(",")[0] and line[:1].isdigit() and ":" not in line.split(",")[0]
        if passing and sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        elif not passing:
            if sys.stderr.isatty():
                print("\r\x1b[K", end="", file=sys.stderr)
            say(line)

    return told


def take_out(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs import imports, rules
    from wenguo.people.businessclock import now

    branch = rules.branch_named(asked.branch) if asked.branch else None
    rows = imports.take_out(asked.kind, asked.file, branch, language(), now())
    say(f"已导出 · exported {rows}")
