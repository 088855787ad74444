"""docs/law.md is what the tables say."""

from pathlib import Path

from wenguo.law.document import document
from wenguo.law.tables import rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "law.md"


def test_the_page_is_made_from_the_tables():
    assert PAGE.read_text(encoding="utf-8") == document(), "python -m wenguo.law.document > docs/law.md"


def test_every_rule_stands_on_it_with_each_of_its_articles():
    page = document()
    for one in rules().values():
        assert f"`{one.key}` {one.name.says}" in page
        assert all(value.source in page for value in one.values)
