"""Commands that make branches, staff and tokens where there is no page at hand."""

import argparse
import getpass
import os
import sys

from wenguo.cli.commands import Commands, ready, say
from wenguo.jobs import Refused


def add_to(commands: Commands) -> None:
    branch = commands.group("branch", "门店 · branches")
    made = branch.add("add", branch_add, "a new shop, region or group; the first one is the root of the tree")
    made.add_argument("code", metavar="CODE", help="short and for ever: it begins every case number")
    made.add_argument("--name", required=True)
    made.add_argument("--name-en", default="")
    made.add_argument("--parent", help="code of the branch above it")
    user = commands.group("user", "人员 · staff")
    made = user.add("add", user_add, "a new staff member; the password is asked for, or WENGUO_NEW_PASSWORD")
    made.add_argument("login", metavar="NAME", help="the name to sign in with")
    made.add_argument("--role", required=True)
    made.add_argument("--branch", required=True, help="code of the branch")
    made.add_argument("--name", help="the person's own name (default: NAME)")
    made = commands.add("token", token, "接口令牌 · print a token for programs")
    made.add_argument("login", metavar="NAME")


def branch_add(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs import newcomers, rules
    from wenguo.people.businessclock import now

    parent = rules.branch_named(asked.parent) if asked.parent else None
    newcomers.found_branch(asked.code, asked.name, asked.name_en, parent, now())
    say(f"已添加 · added {asked.code}")


def user_add(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs import newcomers, rules
    from wenguo.people.businessclock import now

    branch = rules.branch_named(asked.branch)
    rules.one_of(rules.pack_named(branch.pack).roles, asked.role, "角色 · role")
    password = os.environ.get("WENGUO_NEW_PASSWORD") or _asked_password()
    newcomers.add(asked.login, asked.name or asked.login, asked.role, branch, password, now())
    say(f"已添加 · added {asked.login}")


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise Refused("没有密码 · no password: set WENGUO_NEW_PASSWORD, or run this in a terminal")
    return getpass.getpass("密码 · password: ")


def token(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs.newcomers import new_token
    from wenguo.people.businessclock import now

    print(new_token(asked.login, now()))
