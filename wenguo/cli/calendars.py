"""Commands that show the working calendar and add years to it."""

import argparse

from wenguo.cli.commands import Commands, ready, say


def add_to(commands: Commands) -> None:
    made = commands.add("calendar", calendar, "工作日历 · show the calendar of a year, or add years that are known")
    made.add_argument("what", nargs="?", choices=("show", "seed"), default="show")
    made.add_argument("--branch", help="code of a branch: as it holds there, with its opening hours")
    made.add_argument("--year", type=year, help="default: this year; with seed: every year that is lacking")


def year(text: str) -> int:
    """A year that an argument names."""
    if not (text.isascii() and text.isdigit() and 1990 <= int(text) <= 2100):
        raise argparse.ArgumentTypeError(f"not a year from 1990 to 2100: {text}")
    return int(text)


def calendar(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs import calendars, rules
    from wenguo.people.actors import today_of
    from wenguo.people.businessclock import now

    if asked.what == "seed":
        say(calendars.filled([asked.year] if asked.year else [], now()))
        return
    branch = rules.branch_named(asked.branch) if asked.branch else None
    for line in calendars.told(branch, asked.year or today_of(now()).year):
        print(line)
