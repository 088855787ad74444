"""Commands that tell what this installation offers."""

import argparse
import json

from wenguo.cli.commands import Commands, set_up


def add_to(commands: Commands) -> None:
    made = commands.add("routes", routes, "全部地址 · every route, its methods, who may call it")
    made.add_argument("--json", action="store_true")


def routes(asked: argparse.Namespace) -> None:
    set_up()
    from wenguo.jobs.routes import all_routes

    found = all_routes()
    if asked.json:
        print(json.dumps([route._asdict() for route in found], ensure_ascii=False, indent=1))
        return
    for route in found:
        print(f"{','.join(route.methods):12} {route.who:8} {route.path}")
