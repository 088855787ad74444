"""A car and its repairs as the law asks about them: what stands in our rows, and whose words are told to whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import NOW, actor
from wenguo.cases.asking import asking
from wenguo.law.guarantee import guarantee_ends
from wenguo.law.meters import meters
from wenguo.law.names import names
from wenguo.law.sanbao import rights
from wenguo.people.models import Amendment
from wenguo.policy.forms import Wrong
from wenguo.policy.load import default_pack, packs
from wenguo.vehicles.dms import vehicle_told, visit_told
from wenguo.vehicles.entering import enter_vehicle
from wenguo.vehicles.models import Vehicle, Visit, VisitProblem, VisitWait
from wenguo.vehicles.problems import drop_row, enter_row
from wenguo.vehicles.standing import ELSEWHERE, PROMISED, WITHIN, Stay, as_repairs, law_car, repairs_of, standing_of

pytestmark = pytest.mark.usefixtures("database")
VIN = "LATPAB071W1005301"
ON = date(2026, 3, 16)


def visit(dealer, order_no, in_at, branch="HZ", hours=5, **raw):
    by, at = actor("alice" if branch == "HZ" else "charlie"), dealer.branches[branch]
    since = datetime.fromisoformat(f"{in_at}T09:00+08:00")
    told = {"vin": VIN, "kind": "warranty_claim", "in_at": since.isoformat()} | raw
    if hours:
        told["out_at"] = (since + timedelta(hours=hours)).isoformat()
    return visit_told(at, order_no, told, asking(at, by, NOW), by)[0]


def bought(dealer, branch="HZ", **raw):
    by, at = actor("alice" if branch == "HZ" else "charlie"), dealer.branches[branch]
    return vehicle_told(at, VIN, {"delivered_on": "2025-06-01", **raw}, asking(at, by, NOW), by)[0]


def found(car, seen=None):
    standing = standing_of(car, ON, seen)
    return {(one.key, one.about): one for one in rights(standing.car, standing.repairs, ON)}


def test_every_word_of_the_law_can_be_said_by_the_pack_and_none_else():
    for pack in packs().values():
        if "visit_problem" not in pack.forms:
            continue
        assert pack.codes["car_system"].keys() - {"other"} == names("systems").keys()
        assert pack.codes["danger_sign"].keys() == names("signs").keys()
        assert pack.codes["replaced"].keys() == {"part", "assembly"}
        assert WITHIN.keys() <= pack.codes["sold_in"].keys()
        asked = {one.key for one in pack.forms["vehicle"].fields}
        assert {key for pair in PROMISED.values() for key in pair} <= asked


def test_what_a_dealers_system_tells_of_visits_is_what_the_law_is_asked_about(dealer):
    car = bought(dealer, province="ningbo", sanbao_months="36", sanbao_km="100000")
    rows = [
        {"name": "变速器 顿挫", "system": "transmission", "part": "阀体", "replaced": "part", "severe": True},
        {"name": "首保", "not_quality": True},
    ]
    waits = [{"why": "special_part", "since": "2026-01-05T10:00+08:00", "until": "2026-01-07T10:00+08:00"}]
    one = visit(dealer, "R1", "2026-01-05", hours=100, mileage_km=9000, agreed_at="2026-01-05T10:00+08:00",
                problems=rows, waits=waits)  # fmt: skip
    visit(dealer, "R2", "2026-02-05", hours=0, not_agreed=True, undrivable=True, problems="变速器顿挫 | 变速器")
    before = Amendment.objects.count()
    visit(dealer, "R1", "2026-01-05", hours=100, problems=rows, waits=waits)
    assert Amendment.objects.count() == before
    with CaptureQueriesContext(connection) as asked:
        standing = standing_of(car, ON)
    assert len(asked) == 5 + 3  # three times for the organisation's stamp, which a request asks for once
    first, second = standing.repairs
    assert (first.agreed_at.hour, first.done_at, first.km) == (10, one.out_at, 9000)
    assert [(p.key, p.quality, p.severe, p.part) for p in first.problems] == [
        ("变速器顿挫", True, True, "阀体"), ("首保", False, False, ""),
    ]  # fmt: skip
    assert (second.agreed_at, second.done_at, second.undrivable) == (None, None, True)
    assert second.problems[0].key == "变速器顿挫" and second.problems[0].system == "transmission"
    assert (standing.car.km, standing.car.province, standing.place) == (9000, "zhejiang", "ningbo")
    assert standing.car.promised == {"sanbao": {"months": 36, "km": 100000}}
    told = {one.key: one for one in meters(standing.car, standing.repairs, ON)}
    assert (told["repair_days"].done, told["same_problem"].done) == (3, 1)  # 99 hours, 48 of which don't count
    assert {key for key, _ in found(car)} == {"free_repair", "towing"}
    visit(dealer, "R1", "2026-01-05", problems=rows[1:], waits=[])  # told anew: the rest was a mistake
    assert [p.key for p in repairs_of(car)[0].problems] == ["首保"] and not repairs_of(car)[0].waits


def test_repairs_at_other_shops_count_and_their_words_stay_there(dealer):
    bought(dealer, "SX", warranty_months="60")
    car = vehicle_told(dealer.branches["HZ"], VIN, {}, asking(dealer.branches["HZ"], actor("alice"), NOW),
                       actor("alice"))[0]  # fmt: skip
    for nth in range(4):
        visit(dealer, f"S{nth}", f"2025-1{nth % 3}-0{nth + 1}", "SX", problems="漏油，左前减震渗漏")
    visit(dealer, "S9", "2025-12-09", "SX", problems="秘密一 | 发动机 | 曲轴 | 更换了主要零部件 | | 是")
    mine = frozenset({dealer.branches["HZ"].pk})
    assert law_car(car, ON).delivered_on == date(2025, 6, 1)
    assert law_car(car, ON).promised == {"warranty": {"months": 60}}
    visit(dealer, "H1", "2026-02-05", problems="漏油，左前减震渗漏")
    standing = standing_of(car, ON, mine)
    assert (standing.elsewhere, [one.visit.order_no for one in standing.stays]) == (5, ["H1"])
    words = str(standing.repairs) + str(rights(standing.car, standing.repairs, ON))
    assert "秘密" not in words and "曲轴" not in words and ELSEWHERE.says in words
    assert ("same_problem", "漏油，左前减震渗漏") in found(car, mine)
    assert found(car, mine).keys() == found(car, None).keys()
    assert standing_of(car, ON).elsewhere == 0


def test_a_row_is_entered_corrected_and_taken_back_and_what_can_not_be_is_refused(dealer):
    at, alice, pack = dealer.branches["HZ"], actor("alice"), default_pack()
    one, asks = visit(dealer, "R1", "2026-01-05"), asking(dealer.branches["HZ"], actor("alice"), NOW)

    def enter(row, **raw):
        return enter_row(row, pack, raw, asks, alice)

    def wrong(row, **raw):
        with pytest.raises(Wrong) as refused:
            enter(row, **raw)
        return set(refused.value.problems)

    row = enter(VisitProblem(visit=one), name=" 异响 ", system="engine")
    assert (row.name, row.system) == ("异响", "engine")
    assert wrong(VisitProblem(visit=one), name="异响") == {"name"}
    assert wrong(VisitProblem(visit=one), name="漏油", replaced="part") == {"system", "part"}
    assert wrong(VisitProblem(visit=one), sign="picnic") == {"name", "sign"}
    assert wrong(VisitWait(visit=one), why="rescue", since="2026-01-05 10:00", until="2026-01-05 09:00") == {"until"}
    assert enter(row, severe=True, claims=["misuse"]).claims == ["misuse"]
    drop_row(row, alice, NOW)
    assert repairs_of(one.vehicle)[0].problems == ()
    assert enter(VisitProblem(visit=one), name="异响").pk == row.pk
    assert not repairs_of(one.vehicle)[0].problems[0].severe
    for key, raw in (
        ("agreed_at", {"agreed_at": "2026-01-05T08:00+08:00"}), ("done_at", {"done_at": "2026-01-06T09:00+08:00"}),
        ("agreed_at", {"agreed_at": "2026-01-05T09:30+08:00", "not_agreed": True}), ("problems", {"problems": "a\na"}),
        ("problems", {"problems": "a | 翅膀"}), ("waits", {"waits": "救援"}), ("problems", {"problems": [{"name": 1}]}),
    ):  # fmt: skip
        with pytest.raises(Wrong) as refused:
            visit(dealer, "R1", "2026-01-05", **raw)
        assert refused.value.problems.keys() == {key}, raw
    for n in ("0.6%", "viel", "1/0"):
        with pytest.raises(Wrong) as refused:
            enter_vehicle(one.vehicle, pack, {"use_fee": n}, asking(at, alice, NOW), alice)
        assert refused.value.problems.keys() == {"use_fee"}


def test_what_this_shop_repaired_is_under_guarantee_by_day_and_km(dealer):
    visit(dealer, "R1", "2026-03-10", items="更换后刹车片\n路试", mileage_km=30000, guarantee_days=180)
    visit(dealer, "R2", "2026-03-11", items="变速器总成", work="assembly", done_at="2026-03-11T10:00+08:00")
    visit(dealer, "R3", "2026-03-15", items="还没好", hours=0)
    visit(dealer, "S1", "2026-03-10", "SX", items="别家做的")
    jobs = {one.item: guarantee_ends(one) for one in standing_of(Vehicle.objects.get(branch__code="HZ"), ON).jobs}
    assert jobs.keys() == {"更换后刹车片", "路试", "变速器总成"}
    assert (jobs["路试"].last, jobs["路试"].last_km) == (date(2026, 9, 6), 32000)
    assert (jobs["变速器总成"].last, jobs["变速器总成"].last_km) == (date(2026, 6, 19), None)


problems = st.builds(
    VisitProblem, name=st.sampled_from(["异响", "漏油"]), system=st.sampled_from(["engine", "steering"]),
    part=st.sampled_from(["", "曲轴"]), replaced=st.sampled_from(["", "part", "assembly"]),
    sign=st.sampled_from(["", "brake_failure"]), severe=st.booleans(),
    not_quality=st.sampled_from([False, False, True]), claims=st.just([]),
)  # fmt: skip


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    """A visit of the first branch or the second, which the asker doesn't see."""
    at = datetime(2025, 6, 1, 9, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 9000)))
    hours = draw(st.one_of(st.none(), st.integers(1, 400)))
    one = Visit(branch_id=draw(st.sampled_from([1, 2])), in_at=at, mileage_km=draw(st.integers(0, 60000)),
                out_at=at + timedelta(hours=hours) if hours else None, not_agreed=draw(st.booleans()))  # fmt: skip
    wait = VisitWait(why="rescue", since=at, until=at + timedelta(hours=draw(st.integers(0, 50))))
    return Stay(one, draw(st.lists(problems, min_size=1, max_size=2)), [wait])


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_a_visit_more_never_takes_a_right_away(dealer):
    known = sorted(one.pk for one in dealer.branches.values())
    car = law_car(bought(dealer), ON)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(stays(), max_size=6), stays())
    def holds(before: list[Stay], more: Stay) -> None:
        def keys(told: list[Stay], seen: frozenset[int] | None) -> set[tuple[str, str]]:
            for one in told:
                one.visit.branch_id = known[one.visit.branch_id % 2]
            grounds = rights(car, as_repairs(sorted(told, key=lambda one: one.visit.in_at), seen), ON)
            # What is withheld is numbered anew each time, so of that only the rule is compared.
            return {(one.key, one.about if seen is None else "") for one in grounds}

        for seen in (None, frozenset(known[:1])):
            assert keys(before, seen) <= keys([*before, more], seen)
        assert {key for key, _ in keys(before, None)} == {key for key, _ in keys(before, frozenset(known[:1]))}

    holds()
