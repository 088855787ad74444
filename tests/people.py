"""The people of the tests and what they do: a made-up dealer group, and cases walked to a stage by real acts.

Group G1 > region HD > shops HZ and SX. At HZ somebody holds every role of the pack, with the role as login (the region
manager sits at HD). Beside them: alice, service advisor, and bob, service manager and so owner of new cases, at HZ;
charlie, service manager at SX, where `_b` is added to the other logins; dora is a customer.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password

from wenguo.cases import evidence, refusals
from wenguo.cases.acting import RELATIONS, Parties
from wenguo.cases.asking import asking
from wenguo.cases.door import act, open_case, why_not
from wenguo.cases.facts import Facts, given_by
from wenguo.cases.models import Case
from wenguo.people.actors import SYSTEM, Actor, actor_of, people_at, today_of
from wenguo.people.calendar_seeding import library
from wenguo.people.models import Branch, BranchNumber, NationalDay, Post, Staff
from wenguo.people.rows import first, read
from wenguo.people.tree import touch
from wenguo.policy.fields import KINDS
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.load import default_pack, packs
from wenguo.policy.money import TOTAL, limit_key
from wenguo.policy.pack import BACK, STAFF, STAY, Field, Form, Pack, Process, Step

NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)  # a Monday, ten o'clock at the shops
PASSWORD = "chengyuan-2026"  # of everybody
DORA = {"customer_name": "陶朵拉", "phone": "13800138000", "plate": "浙A12345"}
WHOLE = {**DORA, "category": "repair_quality", "expected_outcome": "查清原因,免费修好"}  # all that F04 asks for
# How many yuan each role may decide on, of every kind of cost and in all, where the pack doesn't say 0.
LIMITS = {
    "reception": 0, "service_advisor": 200, "shift_supervisor": 500, "service_manager": 1_000,
    "service_director": 5_000, "showroom_manager": 1_000, "sales_director": 5_000, "general_manager": 50_000,
}  # fmt: skip
# The State Council's notice of the days of rest of 2026, by hand: name, first and last day, make-up workdays.
DECREE_2026 = (
    ("元旦", "01-01/01-03", "01-04"), ("春节", "02-15/02-23", "02-14 02-28"), ("清明节", "04-04/04-06", ""),
    ("劳动节", "05-01/05-05", "05-09"), ("端午节", "06-19/06-21", ""), ("中秋节", "09-25/09-27", ""),
    ("国庆节", "10-01/10-07", "09-20 10-10"),
)  # fmt: skip
SHOP_B = ("reception", "service_advisor", "technician", "workshop_supervisor", "service_director", "callback_agent")


class Dealer(NamedTuple):
    """`branches` by code, `staff` by login."""

    branches: dict[str, Branch]
    staff: dict[str, Staff]


def make_dealer() -> None:
    """Stores the group. Rows, not amend(): a thousand tests read them, none asks how they came."""
    pack, parent, branches = default_pack(), None, {}
    for code, name in (("G1", "澄远集团"), ("HD", "华东区"), ("HZ", "杭州店"), ("SX", "绍兴店")):
        parent = branches["HD"] if code == "SX" else parent
        branch = Branch.objects.create(code=code, name=name, name_en=code, parent=parent, pack=pack.name, path=code)
        branch.path = f"{parent.path if parent else '/'}{branch.pk}/"
        branch.save()
        branches[code] = parent = branch
    password = make_password(PASSWORD)  # once: a good hash is slow
    for login, name, role, code in _people(pack.roles):
        staff = Staff.objects.create(username=login, name=name, password=password)
        Post.objects.create(staff=staff, branch=branches[code], role=role, since="2020-01-01")
    NationalDay.objects.bulk_create(_national_days())
    BranchNumber.objects.bulk_create(
        BranchNumber(branch=branches["G1"], key=limit_key(role, kind), value=yuan * 100, since="2020-01-01", reason="")
        for role, yuan in LIMITS.items()
        for kind in (*pack.codes["remedy_line"], TOTAL)
        if limit_key(role, kind) not in pack.money.limits
    )
    touch()


def _national_days() -> Iterator[NationalDay]:
    """2026 as it was decreed; as if the library had been asked, so that no loop asks it."""
    for name, rest, worked in DECREE_2026:
        first, last = (date.fromisoformat(f"2026-{day}") for day in rest.split("/"))
        days = [(first + timedelta(days=nth), "rest") for nth in range((last - first).days + 1)]
        days += [(date.fromisoformat(f"2026-{day}"), "work") for day in worked.split()]
        yield from (NationalDay(day=day, kind=kind, name=name, source=library()) for day, kind in days)


def _people(roles: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """(login, name, role, branch); the first holder of a role becomes owner, so bob stands before others."""
    yield "alice", "安丽思", "service_advisor", "HZ"
    yield "bob", "鲍勃", "service_manager", "HZ"
    yield "charlie", "查理", "service_manager", "SX"
    for role, label in roles.items():
        yield role, label.says, role, "HD" if role == "region_manager" else "HZ"
    for role in SHOP_B:
        yield f"{role}_b", f"{roles[role].says}乙", role, "SX"


def found_dealer() -> Dealer:
    """The group as it stands in the database at hand."""
    return Dealer(
        {branch.code: branch for branch in Branch.objects.all()},
        {staff.username: staff for staff in Staff.objects.all()},
    )


def actor(login: str, now: datetime = NOW) -> Actor:
    """The staff member of that login as who acts."""
    return actor_of(Staff.objects.get(username=login), now)


def at_stage(
    stage: str, *, process: str = "complaint", branch: str = "HZ", by: str = "", now: datetime = NOW,
    forms: dict[str, dict[str, Any]] | None = None, **intake: Any,
) -> Case:  # fmt: skip
    """A case that real acts brought to `stage`, along the pack's main road where that leads there.

    `by` opens it (login; else alice, at SX somebody of there); `intake` are fields of its first form, `forms` those of
    later steps by verb.
    """
    at = Branch.objects.get(code=branch)
    opener = actor(by or ("alice" if branch == "HZ" else "service_advisor_b"), now)
    road = packs()[at.pack].processes[process]
    raw = fill(packs()[at.pack].forms[road.opening.form], opener, at, now, **({**WHOLE, **intake}))
    case = open_case(process, at, opener, raw, now).case
    for step, outcome in path_to(road, case.stage, stage):
        given = (forms or {}).get(step.do, {})
        case = take(case, step.do, now=now, **leading_to(packs()[at.pack], step, outcome), **given)
    assert case.stage == stage
    return case


def ready_for(verb: str, process: str = "complaint") -> Case:
    """A case at which somebody may take the step `verb`: at its stage, of the kind it is meant for, lacking nothing."""
    pack = default_pack()
    step = pack.processes[process].steps[verb]
    if "countersigner" in step.who:
        set_number("limit.countersign", 100_000)
    wanted = {key: values[0] for key, values in step.when.items() if values[0]}
    asked, road = pack.form_of(pack.processes[process].opening), pack.processes[process]
    # What isn't asked at the opening is said on the way, by a step that asks for it.
    said = {key: one for key, one in wanted.items() if not asked.field(key)}
    sayers = [next(one for one in road.steps.values() if pack.form_of(one).field(key)) for key in said]
    stage = next((one.at[0] for one in (step, *sayers) if one.at[0] in road.stages), "receiving")
    case = at_stage(stage, process=process, **{key: one for key, one in wanted.items() if key not in said})
    for (key, value), sayer in zip(said.items(), sayers, strict=True):
        case = take(case, sayer.do, **{key: value})
    return with_needed(case, step)


def set_number(key: str, value: int, branch: str = "G1") -> None:
    """A branch number, in force since long ago."""
    BranchNumber.objects.create(
        branch=Branch.objects.get(code=branch), key=key, value=value, since="2020-01-01", reason=""
    )  # fmt: skip
    touch()


def leading_to(pack: Pack, step: Step, outcome: str) -> dict[str, Any]:
    """Answers that make `outcome` come of the step: the choice that offers it, or a cost above the proposer's limit."""
    if outcome == "needs_approval":
        return {"costs": {"labour": "1200"}}
    form = pack.form_of(step)
    return {one.key: outcome for one in form.fields if one.kind == "choice" and outcome in one.options}


def path_to(process: Process, start: str, stage: str) -> list[tuple[Step, str]]:
    """The steps from `start` to `stage` with their outcomes; what lies off the main road counts a hundred-fold."""
    queue: list[tuple[int, int, str, list[tuple[Step, str]]]] = [(0, 0, start, [])]
    seen: set[str] = set()
    while queue:
        cost, _, here, steps = heapq.heappop(queue)
        if here == stage:
            return steps
        if here in seen:
            continue
        seen.add(here)
        for nth, step in enumerate(process.steps_at(process.stages[here])):
            for which, (outcome, target) in enumerate(step.then.items()):
                if target not in (STAY, BACK):
                    further = cost + (1 if step.main else 100) + which
                    place = (len(seen) * 100 + nth) * 10 + which
                    heapq.heappush(queue, (further, place, target, [*steps, (step, outcome)]))
    raise AssertionError(f"no way from {start} to {stage}")


def take(case: Case, verb: str, *, by: str = "", now: datetime = NOW, **given: Any) -> Case:
    """Takes a step with a plausible form, `given` on top; by `by` (login), else by whoever may.

    Facts that the step needs are seen to first, by the step that asks for them. Returns the case as stored.
    """
    pack = packs()[case.pack]
    process = pack.processes[case.process]
    step = process.steps[verb]
    case = with_needed(case, step, now)
    who = actor(by, now) if by else may_take(case, verb, now) if step.who else SYSTEM
    raw = fill(pack.forms[step.form], who, case.branch, now, **given) if step.form else given
    (stored,) = read(Case, "WHERE id = %s", act(case, verb, who, raw, now).case.pk)
    stored.branch = case.branch
    return stored


def with_needed(case: Case, step: Step, now: datetime = NOW) -> Case:
    """The case after whatever supplies the facts that `step` needs; attempts to call, three of them."""
    pack = packs()[case.pack]
    for fact in step.needed(Facts(case, today_of(now))):
        for _ in range(3):
            if not Facts(case, today_of(now)).get(fact):
                supplier = _supplier(pack.forms, pack.processes[case.process], case, fact)
                given = {"reached": False} if fact == "tried_enough" else {}
                case = take(case, supplier.do, now=now, **given)
    return case


def _supplier(forms: dict[str, Form], process: Process, case: Case, fact: str) -> Step:
    here = process.steps_at(process.stages[case.stage])
    return next(step for step in here if step.form and any(map(forms[step.form].field, given_by(fact))))


def may_take(case: Case, verb: str, now: datetime = NOW) -> Actor:
    """Somebody who may take the step now, or once its facts are there: relations first, in the order of the pack."""
    step = packs()[case.pack].processes[case.process].steps[verb]
    parties = Parties(case)
    ids = [parties.person(word) for word in step.who if word in RELATIONS]
    named = [parties.role(word) if word in RELATIONS else word for word in step.who]
    roles = () if STAFF in step.who else tuple(filter(None, named))
    if roles or STAFF in step.who:
        ids += [staff_id for staff_id, _, _ in people_at(case.branch, roles, today_of(now))]
    for staff in (first(Staff, "WHERE id = %s", one) for one in ids if one):
        who = actor_of(staff, now)
        if isinstance(why_not(case, verb, who, now), refusals.Missing | None):
            return who
    raise AssertionError(f"nobody may take {verb} on {case.number} at {case.stage}")


def fill(
    form: Form, by: Actor, branch: Branch, now: datetime = NOW, *, whole: bool = False, **given: Any
) -> dict[str, Any]:
    """Raw data that `form` takes: `given`, and what has to be filled in (`whole`: all that may be)."""
    raw = dict(given)
    for field in form.fields:
        if field.key not in raw and (field.required and not field.asked_if or (whole and field.kind != "file")):
            raw[field.key] = plausible(field, by, branch, now)
    for _ in form.fields:  # an answer may ask for another one
        try:
            clean(form, raw, asking(branch, by, now))
            break
        except Wrong as wrong:
            empty = [field for field in form.fields if field.key in wrong.problems and field.key not in raw]
            raw |= {field.key: plausible(field, by, branch, now) for field in empty}
    return raw


def plausible(field: Field, by: Actor, branch: Branch, now: datetime = NOW) -> Any:
    """A value as it would be typed or sent for `field`."""
    match field.kind:
        case "text" | "long_text":
            return DORA.get(field.key) or f"{field.label.says}:后排异响,过减速带时明显"[: field.longest or 200]
        case "phone" | "plate":
            return DORA[field.kind]
        case "date":
            return today_of(now).isoformat()
        case "moment":
            return (now + timedelta(hours=24 if field.future else -1)).isoformat()
        case "number" | "money":
            return str(field.smallest or 1)
        case "choice" | "choices":
            first = field.default or next(iter(field.options))
            return [first] if KINDS[field.kind].many else first
        case "person":
            return _person(field, by, branch, now)
        case "amounts":
            return {next(iter(field.options)): "1"}
        case "case":
            return at_stage("receiving", branch=branch.code, now=now, phone="13900139000", plate="浙B54321").number
        case "file":
            return [evidence.store("照片.txt", [b"an invoice"], by, now).pk]
    return {"time": "15:30", "mileage": 32000, "vin": "LSVAU2180N2183294", "yes_no": True, "rating": 4}[field.kind]


def _person(field: Field, by: Actor, branch: Branch, now: datetime) -> int:
    """Somebody whom the field allows, rather of another role than who asks."""
    people = people_at(branch, field.roles, today_of(now))
    mine = {role for _, role in by.posts}
    return next((one for one, _, role in people if role not in mine), people[0][0])
