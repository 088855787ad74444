"""A case checked by somebody who has its proof and an anchor, and no database."""

import json
from datetime import timedelta

import pytest

from tests.people import DORA, NOW, at_stage, take
from wenguo.cases import anchors, seal
from wenguo.cases.anchors import NoAnchor, read_anchor, take_anchor
from wenguo.cases.models import Case
from wenguo.cases.proof import proof_faults, proof_of


@pytest.fixture
def case(database) -> Case:
    """A case whose entries lie in several seals, between those of others."""
    case = at_stage("receiving")
    seal.seal(NOW)
    for nth in range(3):
        at_stage("receiving", phone=f"1390013900{nth}", plate=f"浙B5432{nth}")
        case = take(case, "noted")
        seal.seal(NOW + timedelta(minutes=nth + 1))
    return case


def test_a_proof_holds_beside_its_anchor(case):
    assert proof_faults(proof_of(case).text(), take_anchor(NOW)) == []


def test_a_proof_holds_beside_an_anchor_that_came_before_later_seals(case):
    anchor = take_anchor(NOW)
    take(at_stage("receiving", phone="13900139009"), "noted")
    seal.seal(NOW + timedelta(hours=1))
    assert proof_faults(proof_of(case, anchor.seals).text(), anchor) == []


def test_what_was_added_after_the_anchor_is_not_vouched_for(case):
    anchor = take_anchor(NOW)
    take(case, "noted")
    assert "not sealed yet" in proof_faults(proof_of(case, anchor.seals).text(), anchor)[0]
    seal.seal(NOW + timedelta(hours=1))
    assert "take a newer one" in proof_faults(proof_of(case, anchor.seals).text(), anchor)[0]


def test_a_proof_holds_no_personal_value(case):
    text = proof_of(case).text()
    assert not any(value in text for value in DORA.values())


@pytest.mark.parametrize(
    "doctor",
    [
        lambda told: told["entries"][1]["columns"].__setitem__(4, "staff:99"),
        lambda told: told["entries"].pop(1),
        lambda told: told["entries"].reverse(),
        lambda told: told["entries"][2].update(hash="0" * 64),
        lambda told: told["entries"][2]["path"].append(["left", "00"]),
        lambda told: next(iter(told["sealed_by"].values())).update(prev="1" * 64),
        lambda told: next(iter(told["sealed_by"].values()))["path"].pop(),
        lambda told: told.update(number="HZ-1"),
        lambda told: told.update(entries=[]),
        lambda told: told.update(seals=1),
        lambda told: told.pop("sealed_by"),
    ],
)
def test_a_doctored_proof_does_not_hold(case, doctor):
    told = json.loads(proof_of(case).text())
    doctor(told)
    assert proof_faults(json.dumps(told), take_anchor(NOW))


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"entries": 1}', "null"])
def test_what_is_no_proof_is_told(case, text):
    assert proof_faults(text, take_anchor(NOW)) == ["这不是闻过的投诉单证明 · this is no proof of wenguo"]


# ---- anchors ----


def test_an_anchor_reads_back_also_after_mail_and_printers_had_it(case):
    anchor = take_anchor(NOW)
    assert read_anchor(anchor.text()) == anchor
    mailed = "\r\n".join(f"  {line} " for line in anchor.text().splitlines() if line.strip())
    assert read_anchor(f"Dear director,\r\n{mailed}\r\n-- \r\n") == anchor


@pytest.mark.parametrize("key", ["seal", "seal_hash", "entries", "made_at", "house", "checksum"])
def test_an_anchor_with_one_sign_changed_is_refused(case, key):
    lines = take_anchor(NOW).text().splitlines()
    changed = [f"{line}0" if f"· {key}: " in line else line for line in lines]
    with pytest.raises(NoAnchor):
        read_anchor("\n".join(changed))


def test_an_anchor_names_every_line_in_plain_words(case):
    text = take_anchor(NOW).text()
    assert all(f"{label} · {key}: " in text for key, label in anchors.LABELS.items())


def test_without_any_seal_there_is_no_anchor(database):
    with pytest.raises(NoAnchor):
        take_anchor(NOW)
