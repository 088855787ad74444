"""The tables: read strictly, and whole in both languages."""

import string
from datetime import date
from pathlib import Path

import pytest

from wenguo.law.facts import Car
from wenguo.law.history import windows
from wenguo.law.names import ASSEMBLIES, name, names
from wenguo.law.reading import LawError
from wenguo.law.tables import Rule, Text, in_force, read_statute, rule, rules, statutes, value

RULES = sorted(rules().values(), key=lambda one: one.key)
HEAD = '[statute]\nsays = "甲"\nen = "A"\n'
GOOD = f'{HEAD}[x]\nsays = "乙"\nen = "B"\n[[x.values]]\nfrom = 2022-01-01\ndays = 7\nsource = "甲 第一条"\n'


def read(folder: Path, text: str):
    path = folder / "order.toml"
    path.write_text(text, encoding="utf-8")
    return read_statute(path)


def test_a_good_file_is_read_whole(tmp_path: Path):
    (one,) = read(tmp_path, GOOD).rules
    assert (one.key, one.name, one.values[0]["days"]) == ("x", Text("乙", "B"), 7)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("days = 7", "dasy = 7", r"order.toml:9: \[x.values\] dasy is no key that is known here"),
        ("days = 7", "days = 0", r"order.toml:9: \[x.values\] days must be a whole number above 0"),
        ("days = 7", "days = true", "days must be a whole number"),
        ("days = 7", 'days = "7"', "days must be a whole number"),
        ("from = 2022-01-01", 'from = "2022-01-01"', r"order.toml:8: \[x.values\] from must be a day"),
        ("from = 2022-01-01", "from = 2022-01-01T00:00:00", "from must be a day"),
        ("from = 2022-01-01", "until = 2022-01-01", "from must be a day"),
        ("days = 7", "days = 7\nuntil = 2021-01-01", r"order.toml:10: \[x.values\] until ends before it begins"),
        ('source = "甲 第一条"', 'source = " "', "source must be text"),
        ('source = "甲 第一条"', 'source = "甲"\nverified = "no"', "verified must be true or false"),
        ('source = "甲 第一条"', 'source = "甲"\nnote = "未见"', r"\[x.values\] note must stand in both languages"),
        ('en = "B"', 'en = "B"\nground = "可"', r"order.toml:7: \[x\] ground must stand in both languages"),
        ('en = "B"', 'en = "B"\nbound = "more"', r"order.toml:7: \[x\] bound must be one of least, most"),
        ('en = "B"', 'en = "B"\nmay = "refund"', r"\[x\] may must be a list of texts"),
        ('en = "B"', 'en = "B"\nclok = true', r"order.toml:7: \[x\] clok is no key"),
        ('en = "A"', 'en = "A"\nyear = 2022', r"order.toml:4: \[statute\] year is no key"),
        ("[statute]", "[statue]", r"order.toml:1: no \[statute\]"),
        ("[statute]", 'loose = "x"\n[statute]', r"order.toml:1: 'loose' must stand in a table"),
        ("[[x.values]]", "[x.values]", r"\[x\] values must be tables"),
        ('says = "乙"\n', "", r"order.toml:4: \[x\] says must be text"),
        ("days = 7", "days =", "order.toml: not TOML"),
        (
            'source = "甲 第一条"',
            'source = "甲"\n[[x.values]]\nfrom = 2022-01-01\nsource = "乙"',
            "begin on the same day",
        ),
    ],
)
def test_a_slip_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, message: str):
    assert old in GOOD
    with pytest.raises(LawError, match=message):
        read(tmp_path, GOOD.replace(old, new, 1))


def test_a_rule_without_values_is_refused(tmp_path: Path):
    with pytest.raises(LawError, match=r"order.toml:4: \[x\] no values"):
        read(tmp_path, GOOD[: GOOD.index("[[x.values]]")])


def test_a_value_holds_from_its_first_day_to_its_last():
    old, new = value("regulator_mediates", date(2026, 4, 14)), value("regulator_mediates", date(2026, 4, 15))
    assert old and new
    assert (old["workdays"], old.verified) == (45, True)
    assert (new["days"], new.verified) == (60, False)
    assert value("regulator_mediates", date(2019, 12, 31)) is None


def test_a_rule_that_no_statute_knows_is_an_error():
    with pytest.raises(KeyError):
        value("goodwill", date(2026, 1, 1))
    with pytest.raises(ValueError, match="was not in force on 2021-12-31"):
        in_force("sanbao", date(2021, 12, 31))


def places(text: str) -> set[str]:
    return {found for _, found, _, _ in string.Formatter().parse(text) if found}


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.key)
def test_both_languages_of_a_sentence_have_the_same_places(one: Rule):
    for sentence in (one.ground, one.meter, one.over):
        if sentence:
            assert places(sentence.says) == places(sentence.en)


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.key)
def test_every_word_that_a_rule_uses_is_known(one: Rule):
    assert set(one.may) <= names("choices").keys()
    assert set(one.signs) <= names("signs").keys()
    assert not one.within or rule(one.within)
    assert one.counts_from in ("", "invoice")


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.key)
def test_what_nobody_has_seen_says_so_and_everything_names_its_article(one: Rule):
    for stands in one.values:
        assert stands.source.strip()
        assert stands.verified or stands.note


def test_a_clock_has_one_unit_of_time():
    for one in RULES:
        if one.clock:
            assert all(len(stands.amounts) == 1 for stands in one.values)


def test_keys_of_a_local_file_tell_their_place():
    for statute in statutes():
        assert all(one.key.startswith(statute.province) for one in statute.rules)
    assert [one.key for one in windows(Car(province="zhejiang"))][-1] == "zhejiang_early_danger"


def test_the_four_assemblies_have_words_and_an_unknown_system_shows_its_key():
    assert [name("systems", one).says for one in ASSEMBLIES] == ["发动机", "变速器", "动力蓄电池", "行驶驱动电机"]
    assert name("systems", "wiper") == Text("wiper", "wiper")
