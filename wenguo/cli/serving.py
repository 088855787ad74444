"""Commands that serve, bring the database up to date, fill it with the sample, or run a loop once."""

import argparse
import multiprocessing
from collections.abc import Callable

from wenguo.cli.commands import Commands, count, port, ready, say, set_up_as_owner
from wenguo.jobs import Refused


def add_to(commands: Commands) -> None:
    for name, run, help in (
        ("serve", serve, "网页与时钟 · web and loops, on SQLite after bringing the database up to date"),
        ("web", web, "只有网页 · web only"),
    ):
        made = commands.add(name, run, help)
        made.add_argument("--host", default="127.0.0.1")
        made.add_argument("--port", type=port, default=8000)
        if name == "serve":
            made.add_argument("--demo", action="store_true", help="fill an empty database with a sample dealership")
    commands.add("worker", worker, "只有时钟 · the loops only")
    made = commands.add("migrate", migrate, "升级数据库 · back up, then bring the database up to this version")
    made.add_argument("--no-backup", action="store_true", help="only where a backup was made in another way")
    made = commands.add("demo", demo, "填入样例数据 · fill an empty database with a sample dealership")
    made.add_argument("--cases", type=count, help="how many complaints (default 250)")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--months", type=count, default=12, help="over how many past months (default 12)")
    commands.add("tick", tick, "到期一轮 · take everything that is due, once")
    commands.add("send", send, "发送一轮 · deliver the notices that wait, once")


def serve(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs import demo as sample
    from wenguo.jobs.demo_behind import fill_behind
    from wenguo.people.businessclock import now

    if asked.demo:
        sample.start(sample.password(), now(), say)
    # The loops would take what the past of the sample promised for overdue today, so they begin after it.
    rest = asked.demo and sample.unfinished() is not None
    behind = fill_behind if rest else None
    _listen(asked, loops=not rest, hints=lambda address: sample.greeting(asked.demo, address), behind=behind)


def web(asked: argparse.Namespace) -> None:
    ready()
    _listen(asked, loops=False)


def _listen(
    asked: argparse.Namespace, loops: bool, hints: Callable[[str], str] = lambda address: "",
    behind: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Serves until it is told to end; `hints`: what is said beside the address. `behind` goes on in a process of its
    own meanwhile."""
    from wenguo.jobs import rules, server

    rules.refuse_faulty_packs()
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    address = f"http://{host}:{asked.port}/"
    said = f"闻过已就绪 · wenguo answers at {address}{hints(address)}"

    def listening() -> None:
        say(said)
        if behind:
            multiprocessing.Process(target=behind, name="behind", daemon=True).start()

    server.serve(asked.host, asked.port, loops=loops, ready=listening)


def worker(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs.loops import run_here

    say("时钟在走 · the loops run")
    run_here()


def migrate(asked: argparse.Namespace) -> None:
    app_url = set_up_as_owner()
    from wenguo.jobs import schema
    from wenguo.people.businessclock import now

    schema.wait(say)
    schema.upgrade(app_url, now(), say, backup=not asked.no_backup)


def demo(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs import demo as sample
    from wenguo.people.businessclock import now
    from wenguo.people.models import Branch

    if Branch.objects.exists() and not sample.unfinished():
        raise Refused("数据库里已有数据 · the database isn't empty: sample data goes only into an empty one")
    cases = sample.fill(asked.cases, asked.seed, asked.months, sample.password(), now(), say)
    say(f"样例案件 · {cases} sample cases\n{sample.logins()}")


def tick(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs.tick import tick as take_due

    say(f"到期 · {take_due()} taken")


def send(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs.deliver import deliver
    from wenguo.jobs.send import send as ring

    say(f"通知 · {ring()} bells rung, {deliver()} messages sent")
