"""Danger words of the shipped pack: what they propose, their false friends, and how well they do on real complaints."""

import csv
from pathlib import Path

import pytest

from tests.serving import ROOT
from wenguo.policy.load import default_pack

WATCH = default_pack().warnings
REAL = ROOT.parent / "shared" / "data" / "dev" / "chezhi_2024_masked_dev.csv"
LABELS = Path(__file__).parent / "danger_labels.csv"


def proposed(text: str) -> set[str]:
    return {one.code for one in WATCH.proposed(text)}


@pytest.mark.parametrize(("text", "codes"), [
    ("昨晚停在车库里自燃了", {"self_ignition"}),
    ("高速上气囊没有弹开,差点撞上护栏", {"airbag", "accident"}),
    ("行驶中突然没电然后熄火,方向盘完全打不动", {"power_loss", "steering_failure"}),
    ("右前摆臂球头断了", {"breaking"}),
    ("安全带卡扣坏了,扣不上", {"restraint"}),
    ("The AIRBAG light is on", {"airbag"}),
])  # fmt: skip
def test_words_propose_signs_of_danger(text: str, codes: set[str]):
    assert proposed(text) == codes


@pytest.mark.parametrize("text", [
    "你们4S店广告写着全系标配6个气囊,到手只有四个座椅加热",  # an advert
    "刹车异响严重,师傅说刹车片该换了",  # a noise is no danger
    "冬天早上打不着火",  # doesn't start
    "销售情绪失控,态度很差",
    "发动机缺缸失火,故障灯亮",  # a misfire
    "停车熄火。行驶证还没拿到",  # the gap doesn't reach into another sentence
    "中控屏失灵,导航不能用",
    "高位刹车灯断裂漏水",
])  # fmt: skip
def test_false_friends_propose_nothing(text: str):
    assert proposed(text) == set()


def test_places_are_told_in_their_order():
    text = "先冒烟,后起火"
    assert [text[one.start : one.end] for one in WATCH.proposed(text)] == ["冒烟", "起火"]


@pytest.mark.skipif(not REAL.exists(), reason="the real complaints aren't here")
@pytest.mark.parametrize("which", ["first", "second"])
def test_words_find_what_was_labelled_by_hand(which: str):
    """docs/warnings.md says what these figures are worth."""
    texts = {row["投诉编号"]: row["投诉简述"] for row in csv.DictReader(REAL.open(encoding="utf-8-sig"))}
    rows = [row for row in csv.DictReader(LABELS.open()) if row["set"] == which]
    said = [(bool(proposed(texts[row["id"]])), row["danger"] == "1") for row in rows]
    right = sum(hit and danger for hit, danger in said)
    assert len(said) == 200
    assert right / sum(hit for hit, _ in said) >= 0.9
    assert right / sum(danger for _, danger in said) >= 0.9
