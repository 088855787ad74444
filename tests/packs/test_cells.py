"""Every stage, step, role and relation of the shipped pack: the door does what the TOML says, cell by cell.

What is expected is read from the TOML file itself, so that a slip in loading or judging can't hide. Which buttons there
are is looked at in every cell; why there is none, too in a drill, else each person asks of their share of the steps.
"""

import tomllib

import pytest

from tests.drill import often
from tests.people import NOW, at_stage, path_to
from wenguo.cases.acting import IN_CHARGE, RELATIONS
from wenguo.cases.door import act, open_steps, why_not
from wenguo.cases.models import Case, Entry, Party
from wenguo.cases.refusals import Invalid, Missing, NotAllowed, Refusal, WrongStage
from wenguo.people.actors import Actor
from wenguo.policy.load import PACKS, packs

TOML = tomllib.loads((PACKS / "auto_dealer/processes/complaint.toml").read_text(encoding="utf-8"))
ROLES = list(tomllib.loads((PACKS / "auto_dealer/pack.toml").read_text(encoding="utf-8"))["roles"])
STAGES = {row["key"]: row.get("type", "open") for row in TOML["stage"]}
STEPS = {row["do"]: row for row in TOML["step"] if row["at"] != ["new"]}
OF_PERSONS = RELATIONS - {IN_CHARGE}  # who is in charge follows from the role
BYSTANDER = "finance"  # a role that no handling step names
PEOPLE = (
    [(role, frozenset()) for role in ROLES]
    + [(role, frozenset({"accused"})) for role in ROLES]
    + [(BYSTANDER, frozenset({relation})) for relation in sorted(OF_PERSONS)]
    + [(BYSTANDER, frozenset({relation, "accused"})) for relation in sorted(OF_PERSONS - {"accused"})]
)


def holds(when: dict, facts: dict) -> bool:
    """Whether the case is of the kind that the TOML means; what isn't answered counts as no."""
    return all((facts.get(key) or False) in wanted for key, wanted in when.items())


def expected(step: dict, stage: str, role: str, relations: frozenset[str], facts: dict) -> type[Refusal] | None:
    """The refusal that the TOML asks for, or None where the step may be taken."""
    who, relations = set(step["who"]), relations | ({IN_CHARGE} if role == TOML["owner"] else set())
    if not (role in who or relations & who or "staff" in who):
        return NotAllowed
    if relations & set(step.get("never", ())):
        return NotAllowed
    here = stage in step["at"] or "any" in step["at"] or ("open" in step["at"] and STAGES[stage] == "open")
    if not here or not holds(step.get("when", {}), facts):
        return WrongStage
    more = (need["facts"] for need in step.get("also_needs", ()) if holds(need["when"], facts))
    needs = [*step.get("needs", ()), *(fact for one in more for fact in one)]
    return Missing if any(not facts.get(need) for need in needs) else None


def facts_of(case: Case) -> dict:
    """What holds for a case of at_stage: its facts and columns, a customer and a car, nobody called in vain."""
    columns = {key: getattr(case, key) for key in ("category", "severity", "business_line", "source")}
    return {**case.facts, **columns, "reachable": True, "vehicle_told": True, "tried_enough": False}


def somebody(case: Case, staff_id: int, role: str, relations: frozenset[str]) -> Actor:
    """A person of the branch with this role, who is all of `relations` to the case."""
    Party.objects.filter(case=case).update(staff=None, role="")
    Case.objects.filter(pk=case.pk).update(owner=staff_id if "owner" in relations else None)
    for relation in relations - {"owner"}:
        Party.objects.create(case=case, kind=relation, staff_id=staff_id, entry_seq=1)
    return Actor(f"staff:{staff_id}", staff_id, "某人", "page", ((case.branch.path, role),), frozenset({staff_id}))


@pytest.mark.parametrize("stage", STAGES)
def test_the_door_does_what_the_pack_says_in_every_cell(stage: str, dealer, vendor: str):
    case = at_stage(stage)
    nobody, facts = dealer.staff["alice"].pk, facts_of(case)
    entries = Entry.objects.count()
    for nth, (role, relations) in enumerate(PEOPLE):
        if vendor == "postgresql" and not relations:
            continue  # the judgement is the same code; the whole grid runs on SQLite
        by = somebody(case, nobody, role, relations)
        now_at = Case.objects.select_related("branch").get(pk=case.pk)
        wanted = {verb: expected(step, stage, role, relations, facts) for verb, step in STEPS.items()}
        shown = {one.step.do: bool(one.missing) for one in open_steps(now_at, by)}
        may = {verb: why is Missing for verb, why in wanted.items() if why in (None, Missing)}
        assert shown == may, (role, relations)
        for verb, why in often(list(wanted.items()), list(wanted.items())[nth % 4 :: 4]):
            refusal = why_not(now_at, verb, by, NOW)
            assert (type(refusal) if refusal else None) is why, (verb, role, relations)
        verb, why = list(wanted.items())[len(role) % len(wanted)]  # what is asked before is also what the door says
        with pytest.raises(why or Invalid) as refused:  # an unknown field stops whoever may, before anything is written
            act(now_at, verb, by, {"no such field": "1"}, NOW)
        assert type(refused.value) is (why or Invalid), (verb, role, relations)
    assert Entry.objects.count() == entries


def test_every_stage_can_be_reached_from_the_opening(database):
    process = packs()["auto_dealer"].processes["complaint"]
    for stage in STAGES:
        assert path_to(process, "receiving", stage) or stage == "receiving"


def test_whoever_is_of_another_branch_finds_nothing(dealer):
    case = at_stage("receiving")
    for role in ROLES:
        stranger = Actor("staff:1", 1, "某人", "page", ((dealer.branches["SX"].path, role),), frozenset({1}))
        assert open_steps(case, stranger) == []
        for verb in STEPS:
            refusal = why_not(case, verb, stranger, NOW)
            assert refusal and refusal.code == "not_found"
