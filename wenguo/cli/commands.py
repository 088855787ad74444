"""What every command needs: a place in the parser, Django set up, a line of progress."""

import argparse
import os
import sys
from collections.abc import Callable

Run = Callable[[argparse.Namespace], int | None]


class Commands:
    """The commands of a parser: the first word after `wenguo`, or after another command."""

    def __init__(self, parser: argparse.ArgumentParser, word: str = "WHAT"):
        self.parsers = parser.add_subparsers(title="commands", metavar=word, required=True)

    def add(self, name: str, run: Run, help: str) -> argparse.ArgumentParser:
        """A command that `run` carries out; the answer takes its arguments."""
        made = self.parsers.add_parser(name, help=help, description=help)
        made.set_defaults(run=run)
        return made

    def group(self, name: str, help: str) -> "Commands":
        """A command that only leads to those below it: `wenguo pack check`."""
        return Commands(self.parsers.add_parser(name, help=help, description=help))


def port(text: str) -> int:
    """A TCP port that an argument names."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"not a port: {text}")
    return int(text)


def count(text: str) -> int:
    """A number above 0 that an argument names."""
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"not a number above 0: {text}")
    return int(text)


def say(line: str) -> None:
    """A line of progress, at once also where the output is a file."""
    print(line, flush=True)


def aside(line: str) -> None:
    """A line that isn't the command's own answer, which a program may read."""
    print(line, file=sys.stderr, flush=True)


def set_up() -> None:
    """Django, with the settings that the environment says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenguo.settings")
    import django

    django.setup()


def set_up_as_owner() -> str:
    """Django, as the owner of the tables: only that one may change them. Returns the app's own database URL."""
    app_url = os.environ.get("DATABASE_URL", "")
    os.environ["DATABASE_URL"] = os.environ.get("WENGUO_OWNER_DATABASE_URL") or app_url
    set_up()
    return app_url


def ready() -> None:
    """Django, on a database that this version can work with."""
    set_up()
    from django.db import connection

    from wenguo.jobs import schema
    from wenguo.people.businessclock import now

    schema.wait(say)
    if connection.vendor == "sqlite":
        schema.upgrade("", now(), aside, quiet=True)
    else:
        schema.must_be_current()
