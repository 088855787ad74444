"""The command line: `wenguo COMMAND`. Each command is a few lines; what it does stands in the part it belongs to.

Exit codes: 0 done; 1 refused, with a sentence that says why; 2 not understood; 130 broken off by Ctrl-C.
"""

import argparse
import os
import sys

from wenguo.cli import audit, calendars, keeping, organisation, packs, serving, tables, telling
from wenguo.cli.commands import Commands
from wenguo.jobs import Refused


def main(arguments: list[str] | None = None) -> None:
    """Runs one command; leaves by SystemExit with the exit code where it isn't 0."""
    asked = _parser().parse_args(arguments)
    try:
        code = asked.run(asked)
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as failure:
        if not (why := _known(failure)):
            raise
        print(f"wenguo: {why}", file=sys.stderr)
        code = 1
    if code:
        sys.exit(code)


def _known(failure: Exception) -> str:
    """A sentence for failures that are no bug of ours: a wrong name, a database or folder out of reach."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    from wenguo.policy.source import PackFaults

    if isinstance(failure, OperationalError):
        return f"数据库不可用 · the database can't be used: {str(failure).strip()}"
    return str(failure) if isinstance(failure, Refused | PackFaults | ImproperlyConfigured | OSError) else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wenguo", description="闻过:投诉处理 · complaint handling for car dealers")
    commands = Commands(parser, "COMMAND")
    for group in (serving, organisation, calendars, tables, keeping, packs, audit, telling):
        group.add_to(commands)
    return parser
