"""The command line: `wenguo COMMAND`. Each command is a few lines; what it does stands in the part it belongs to.

Exit codes: 0 done; 1 refused, with a sentence that says why; 2 not understood; 130 broken off by Ctrl-C.
"""

import argparse
import getpass
import json
import multiprocessing
import os
import sys
from collections.abc import Callable

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


def say(line: str) -> None:
    """A line of progress, at once also where the output is a file."""
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wenguo", description="闻过:投诉处理 · complaint handling for car dealers")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int | None], help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(run=run)
        return made

    for name, run, help in (
        ("serve", serve, "网页与时钟 · web and loops, on SQLite after bringing the database up to date"),
        ("web", web, "只有网页 · web only"),
    ):
        made = command(name, run, help)
        made.add_argument("--host", default="127.0.0.1")
        made.add_argument("--port", type=_port, default=8000)
        if name == "serve":
            made.add_argument("--demo", action="store_true", help="fill an empty database with a sample dealership")
    command("worker", worker, "只有时钟 · the loops only")
    command("migrate", migrate, "升级数据库 · bring the database up to this version")
    made = command("demo", demo, "填入样例数据 · fill an empty database with a sample dealership")
    made.add_argument("--cases", type=_count, help="how many complaints (default 250)")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--months", type=_count, default=12, help="over how many past months (default 12)")
    pack = command("pack", lambda asked: None, "行业包 · packs").add_subparsers(metavar="WHAT", required=True)
    made = pack.add_parser("check", help="what is wrong with a pack (default: all that ship)")
    made.add_argument("folder", nargs="?", metavar="DIR")
    made.set_defaults(run=pack_check)
    made = pack.add_parser("diagram", help="a process as a Mermaid diagram")
    made.add_argument("pack", metavar="PACK")
    made.add_argument("process", metavar="PROCESS")
    made.set_defaults(run=pack_diagram)
    made = command("explain", explain, "规则从何而来 · where every value of a step comes from")
    made.add_argument("verb", metavar="VERB")
    made.add_argument("--pack")
    made.add_argument("--process")
    made.add_argument("--branch", help="code of a branch whose own numbers count")
    command("tick", tick, "到期一轮 · take everything that is due, once")
    command("send", send, "发送一轮 · deliver the notices that wait, once")
    branch = command("branch", lambda asked: None, "门店 · branches").add_subparsers(metavar="WHAT", required=True)
    made = branch.add_parser("add", help="a new shop, region or group; the first one is the root of the tree")
    made.add_argument("code", metavar="CODE", help="short and for ever: it begins every case number")
    made.add_argument("--name", required=True)
    made.add_argument("--name-en", default="")
    made.add_argument("--parent", help="code of the branch above it")
    made.set_defaults(run=branch_add)
    user = command("user", lambda asked: None, "人员 · staff").add_subparsers(metavar="WHAT", required=True)
    made = user.add_parser("add", help="a new staff member; the password is asked for, or WENGUO_NEW_PASSWORD")
    made.add_argument("login", metavar="NAME", help="the name to sign in with")
    made.add_argument("--role", required=True)
    made.add_argument("--branch", required=True, help="code of the branch")
    made.add_argument("--name", help="the person's own name (default: NAME)")
    made.set_defaults(run=user_add)
    command("token", token, "接口令牌 · print a token for programs").add_argument("login", metavar="NAME")
    made = command("routes", routes, "全部地址 · every route, its methods, who may call it")
    made.add_argument("--json", action="store_true")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"not a port: {text}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"not a number above 0: {text}")
    return int(text)


def _set_up() -> None:
    """Django, with the settings that the environment says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenguo.settings")
    import django

    django.setup()


def _ready() -> None:
    """Django, on a database that this version can work with."""
    _set_up()
    from django.db import connection

    from wenguo.jobs import schema
    from wenguo.people.businessclock import now

    schema.wait(say)
    if connection.vendor == "sqlite":
        schema.upgrade("", now(), lambda line: None)
    else:
        schema.must_be_current()


def serve(asked: argparse.Namespace) -> None:
    _ready()
    from wenguo.jobs import demo as sample
    from wenguo.jobs.demo_behind import fill_behind
    from wenguo.people.businessclock import now

    if asked.demo:
        sample.start(sample.password(), now(), say)
    # The loops would take what the past of the sample promised for overdue today, so they begin after it.
    rest = asked.demo and sample.unfinished() is not None
    _listen(asked, loops=not rest, hints=sample.greeting(asked.demo), behind=fill_behind if rest else None)


def web(asked: argparse.Namespace) -> None:
    _ready()
    _listen(asked, loops=False)


def _listen(asked: argparse.Namespace, loops: bool, hints: str = "", behind: Callable[[], None] | None = None) -> None:
    """Serves until it is told to end; `behind` goes on in a process of its own meanwhile."""
    from wenguo.jobs import rules, server

    rules.refuse_faulty_packs()
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    address = f"闻过已就绪 · wenguo answers at http://{host}:{asked.port}/"

    def ready() -> None:
        say(address + hints)
        if behind:
            multiprocessing.Process(target=behind, name="behind", daemon=True).start()

    server.serve(asked.host, asked.port, loops=loops, ready=ready)


def demo(asked: argparse.Namespace) -> None:
    _ready()
    from wenguo.jobs import demo as sample
    from wenguo.people.businessclock import now
    from wenguo.people.models import Branch

    if Branch.objects.exists() and not sample.unfinished():
        raise Refused("数据库里已有数据 · the database isn't empty: sample data goes only into an empty one")
    cases = sample.fill(asked.cases, asked.seed, asked.months, sample.password(), now(), say)
    say(f"样例案件 · {cases} sample cases\n{sample.logins()}")


def worker(asked: argparse.Namespace) -> None:
    _ready()
    from wenguo.jobs.loops import run_here

    say("时钟在走 · the loops run")
    run_here()


def migrate(asked: argparse.Namespace) -> None:
    app_url = os.environ.get("DATABASE_URL", "")
    # Only the tables' owner may change them, and the app's role isn't that.
    os.environ["DATABASE_URL"] = os.environ.get("WENGUO_OWNER_DATABASE_URL") or app_url
    _set_up()
    from wenguo.jobs import schema
    from wenguo.people.businessclock import now

    schema.wait(say)
    schema.upgrade(app_url, now(), say)


def tick(asked: argparse.Namespace) -> None:
    _ready()
    from wenguo.jobs.tick import tick as take_due

    say(f"到期 · {take_due()} taken")


def send(asked: argparse.Namespace) -> None:
    _ready()
    from wenguo.jobs.send import send as deliver

    say(f"通知 · {deliver()} notices sent")


def pack_check(asked: argparse.Namespace) -> int:
    _set_up()
    from wenguo.jobs.rules import faults

    found = faults(asked.folder)
    for fault in found:
        print(fault)
    return 1 if found else 0


def pack_diagram(asked: argparse.Namespace) -> None:
    _set_up()
    from wenguo.jobs.rules import drawn

    print(drawn(asked.pack, asked.process), end="")


def explain(asked: argparse.Namespace) -> None:
    _set_up()
    from wenguo.jobs.rules import explained

    language = "en" if os.environ.get("LANG", "").startswith("en") else "zh"
    print(explained(asked.verb, asked.pack, asked.process, asked.branch, language), end="")


def branch_add(asked: argparse.Namespace) -> None:
    _ready()
    from wenguo.jobs import newcomers, rules
    from wenguo.people.businessclock import now

    parent = rules.branch_named(asked.parent) if asked.parent else None
    newcomers.found_branch(asked.code, asked.name, asked.name_en, parent, now())
    say(f"已添加 · added {asked.code}")


def user_add(asked: argparse.Namespace) -> None:
    _ready()
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
    _ready()
    from wenguo.jobs.newcomers import new_token
    from wenguo.people.businessclock import now

    print(new_token(asked.login, now()))


def routes(asked: argparse.Namespace) -> None:
    _set_up()
    from wenguo.jobs.routes import all_routes

    found = all_routes()
    if asked.json:
        print(json.dumps([route._asdict() for route in found], ensure_ascii=False, indent=1))
        return
    for route in found:
        print(f"{','.join(route.methods):12} {route.who:8} {route.path}")
