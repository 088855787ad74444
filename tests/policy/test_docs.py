"""What docs/words.md and docs/packs.md say of the packs is what the packs say."""

import re
from pathlib import Path

import pytest

from tests.policy.planting import TODAY, VOCABULARY
from wenguo.policy.check import check_folder
from wenguo.policy.fields import KINDS
from wenguo.policy.load import default_pack

DOCS = Path(__file__).resolve().parents[2] / "docs"
PACK = default_pack()
PROCESSES = PACK.processes.values()


def named() -> dict[str, list[tuple[str, str]]]:
    """(key, Chinese word) of what the page of words binds; "" where the pack has no word of its own."""
    return {
        "stage": [(one.key, one.label.says) for process in PROCESSES for one in process.stages.values()],
        "step": [(one.do, one.label.says) for process in PROCESSES for one in process.steps.values()],
        "clock": [(one.key, one.label.says) for process in PROCESSES for one in process.clocks.values()],
        "role": [(key, label.says) for key, label in PACK.roles.items()],
        "list of codes": [(key, "") for key in PACK.codes],
        "relation": [(key, "") for key in VOCABULARY.relations],
    }


@pytest.mark.parametrize("what", named())
def test_every_word_of_the_pack_is_bound_to_the_word_of_the_trade(what: str):
    page = (DOCS / "words.md").read_text(encoding="utf-8")
    assert [key for key, says in named()[what] if f"\n| `{key}` | {says}" not in page] == []


def test_every_outcome_is_bound_to_a_word_of_the_trade():
    rows = {line.split("`")[1]: line for line in (DOCS / "words.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| `") and line.count(" | ") == 3}  # fmt: skip
    steps = [step for process in PROCESSES for step in process.steps.values()]
    assert [(one.do, key) for one in steps for key in one.then if f"`{key}` " not in rows.get(one.do, "")] == []


def test_every_kind_of_field_is_described():
    page = (DOCS / "packs.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"\n| `{kind}` | " not in page] == []


def test_every_fact_that_code_answers_is_described():
    page = (DOCS / "packs.md").read_text(encoding="utf-8")
    assert [fact for fact in VOCABULARY.facts if f"`{fact}`" not in page] == []


def test_the_tiny_pack_of_the_page_is_clean(tmp_path):
    tiny = (DOCS / "packs.md").read_text(encoding="utf-8").split("## A tiny pack")[1]
    files = re.findall(r"```toml\n# (\S+)\n(.*?)```", tiny, re.DOTALL)
    for name, text in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(files) == 4
    assert check_folder(tmp_path / "laundry", VOCABULARY, TODAY) == []
