"""Commands that judge, draw and explain packs."""

import argparse
import os

from wenguo.cli.commands import Commands, set_up


def add_to(commands: Commands) -> None:
    pack = commands.group("pack", "行业包 · packs")
    made = pack.add("check", pack_check, "what is wrong with a pack (default: all that ship)")
    made.add_argument("folder", nargs="?", metavar="DIR")
    made = pack.add("diagram", pack_diagram, "a process as a Mermaid diagram")
    made.add_argument("pack", metavar="PACK")
    made.add_argument("process", metavar="PROCESS")
    made = commands.add("explain", explain, "规则从何而来 · where every value of a step comes from")
    made.add_argument("verb", metavar="VERB")
    made.add_argument("--pack")
    made.add_argument("--process")
    made.add_argument("--branch", help="code of a branch whose own numbers count")


def pack_check(asked: argparse.Namespace) -> int:
    set_up()
    from wenguo.jobs.rules import faults

    found = faults(asked.folder)
    for fault in found:
        print(fault)
    return 1 if found else 0


def pack_diagram(asked: argparse.Namespace) -> None:
    set_up()
    from wenguo.jobs.rules import drawn

    print(drawn(asked.pack, asked.process), end="")


def explain(asked: argparse.Namespace) -> None:
    set_up()
    from wenguo.jobs.rules import explained

    language = "en" if os.environ.get("LANG", "").startswith("en") else "zh"
    print(explained(asked.verb, asked.pack, asked.process, asked.branch, language), end="")
