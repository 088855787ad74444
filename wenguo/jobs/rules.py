"""What the command line tells of packs: their faults, their pictures, where a rule comes from."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from wenguo.cases.acting import RELATIONS
from wenguo.cases.facts import FACTS, MEASURES
from wenguo.cases.verbs import load_verbs
from wenguo.jobs import Refused
from wenguo.people.actors import numbers, today_of
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.policy.check import check_folder
from wenguo.policy.diagram import diagram
from wenguo.policy.explain import explain
from wenguo.policy.load import PACKS, default_pack, packs
from wenguo.policy.pack import Pack
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import Vocabulary

Found = TypeVar("Found")


def faults(folder: str | None) -> list[Fault]:
    """What is wrong with the pack in `folder`, or with every pack that ships."""
    if folder and not (Path(folder) / "pack.toml").is_file():
        raise Refused(f"这里没有 pack.toml · there is no pack.toml in {folder}")
    folders = [Path(folder).resolve()] if folder else sorted(path.parent for path in PACKS.glob("*/pack.toml"))
    vocabulary = Vocabulary(load_verbs(), RELATIONS, frozenset(FACTS), frozenset(MEASURES))
    return [fault for one in folders for fault in check_folder(one, vocabulary, today_of(now()))]


def refuse_faulty_packs() -> None:
    """Raises Refused with every fault where a pack that ships can't be used: nothing is served by its rules."""
    if found := faults(None):
        raise Refused("行业包有错 · the packs have faults:\n" + "\n".join(map(str, found)))


def drawn(pack: str, process: str) -> str:
    """A process as a Mermaid diagram."""
    found = pack_named(pack)
    return diagram(found, one_of(found.processes, process, "流程 · process").name)


def explained(verb: str, pack: str | None, process: str | None, branch: str | None, language: str) -> str:
    """Where every value of a step comes from; `branch` (its code) brings numbers of its own."""
    at = branch_named(branch) if branch else None
    found = pack_named(pack or (at.pack if at else None))
    road = one_of(found.processes, process or found.opens, "流程 · process")
    one_of(road.steps, verb, "操作 · step")
    return explain(found, road.name, verb, numbers(at, now()) if at else {}, language, today_of(now()))


def pack_named(name: str | None) -> Pack:
    return default_pack() if name is None else one_of(packs(), name, "行业包 · pack")


def branch_named(code: str) -> Branch:
    return one_of({branch.code: branch for branch in Branch.objects.order_by("path")}, code, "机构 · branch")


def one_of(table: Mapping[str, Found], key: str, what: str) -> Found:
    """The row of that name. Raises Refused, naming those that there are."""
    if key not in table:
        raise Refused(f"没有这个{what} “{key}”; 可选 · there is: {', '.join(table) or '-'}")
    return table[key]
