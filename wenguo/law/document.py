"""docs/law.md out of the tables: `python -m wenguo.law.document > docs/law.md`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from wenguo.law.grounds import yuan
from wenguo.law.names import name
from wenguo.law.reading import read_table
from wenguo.law.tables import Rule, Statute, Text, Value, rules, statutes

READINGS = Path(__file__).with_name("readings.toml")
HEAD = """# 法规数字 · The law in numbers

本页由 `wenguo/law/statutes/` 中的表生成，请改表，不要改本页：`python -m wenguo.law.document > docs/law.md`。
系统只列出规则给了什么、依据哪一条，**不作结论，由人判断**；本页不是法律意见。表中没有抄录法条原文。

This page is made from the tables in `wenguo/law/statutes/`; change those, not the page. The system tells what a rule
gives and by which article. **It decides nothing: a person does.** This is no legal advice; no statute's text is copied.

在哪里看：车辆页和投诉单页的“客户今天可以要求什么”，页面 `/law/` 上的这些表，`/vehicles/…/use-fee/` 的使用补偿费。

Where it shows: the card of a car and of a case, also `GET /api/v1/vehicles/{vin}`, part `law`; these tables at `/law/`;
the use fee. How rows become its facts: `vehicles/standing.py`, [0024](decisions/0024-whose-repairs-the-law-counts.md).
"""
BOUNDS = {"": Text("", ""), "least": Text("至少", "at least "), "most": Text("至多", "at most ")}


def document() -> str:
    """The whole page, Chinese first."""
    parts = [HEAD, *_unverified(), *_readings(), *(line for one in statutes() for line in _statute(one))]
    return "\n".join(parts).rstrip() + "\n"


def _unverified() -> Iterator[str]:
    """What nobody here has seen in the text itself."""
    yield "## 待核实 · To be verified\n"
    yield "下列数字没有见到条文原文，使用前请核实。The text of these wasn't seen; please verify before use.\n"
    for rule in rules().values():
        unseen = [value for value in rule.values if not value.verified]
        yield from (f"* `{rule.key}` {rule.name.says}：{_open(value)}" for value in unseen)
    yield ""


def _open(value: Value) -> str:
    note = f" {value.note.says} {value.note.en}" if value.note else ""
    return f"{value.source}。{note}".strip()


def _readings() -> Iterator[str]:
    yield "## 怎么读的 · How the rules are read\n"
    yield "条文留有余地的地方，这里这样处理。Where the text leaves room, this is how it is taken.\n"
    yield from (f"* {one.says}  \n  {one.en}" for one in readings())
    yield ""


def readings() -> list[Text]:
    """How the rules are taken where the text leaves room."""
    return [Text(table.text("says"), table.text("en")) for table in read_table(READINGS).values()]


def _statute(one: Statute) -> Iterator[str]:
    yield f"## {one.name.says}\n\n{one.name.en} · `{one.file}`\n"
    yield "| 规则 rule | 数字 number | 施行 in force | 依据 article |\n|---|---|---|---|"
    yield from (_row(rule, value) for rule in one.rules for value in rule.values)
    yield ""


def _row(rule: Rule, value: Value) -> str:
    numbers = amounts_of(rule, value)
    seen = "" if value.verified else " **待核实 to be verified**"
    until = f" 至 to {value.until}" if value.until else ""
    cells = (_named(rule), _both(numbers), f"{value.since}{until}", f"{value.source}{seen}")
    return f"| {' | '.join(cells)} |"


def _named(rule: Rule) -> str:
    may = _listed("可选 may choose", "choices", rule.may)
    signs = _listed("情形 cases", "signs", rule.signs)
    return f"`{rule.key}` {rule.name.says}<br>{rule.name.en}{may}{signs}"


def _listed(title: str, kind: str, keys: Iterable[str]) -> str:
    words = [name(kind, key) for key in keys]
    says, en = "、".join(one.says for one in words), ", ".join(one.en for one in words)
    return f"<br>{title}：{says} · {en}" if words else ""


def amounts_of(rule: Rule, value: Value) -> Text:
    """The numbers of a value with their units; "" where it has none."""
    bound = BOUNDS[rule.bound]
    each = [_amount(unit, number) for unit, number in value.amounts.items()]
    if not each:
        return Text("", "")
    says, en = " / ".join(one.says for one in each), " / ".join(one.en for one in each)
    return Text(f"{bound.says}{says}", f"{bound.en}{en}")


def _amount(unit: str, number: int) -> Text:
    if unit == "fen":
        return Text(f"{yuan(number)}元", f"{yuan(number)} CNY")
    words = name("units", unit)
    return Text(f"{number:,}{words.says}", f"{number:,} {words.en}")


def _both(text: Text) -> str:
    return f"{text.says}<br>{text.en}" if text.says else "—"


if __name__ == "__main__":
    print(document(), end="")
