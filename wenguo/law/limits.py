"""When something is due or may go, by the tables: answers, the authority's own limits, how long to keep a record."""

from dataclasses import dataclass
from datetime import date, timedelta

from wenguo.law.days import Works, every_day, last_day
from wenguo.law.grounds import Ground, Meter, Remark, ground, noted, remark, sentence, yuan
from wenguo.law.tables import Text, in_force, rule, value


@dataclass(frozen=True)
class Due:
    """The last day of a period, with the article; `verified` False where nobody here has seen its text."""

    key: str
    day: date
    name: Text
    source: str
    verified: bool
    remarks: tuple[Remark, ...] = ()


def due(key: str, since: date, works: Works = every_day) -> Due | None:
    """The last day of the rule's period that begins with the day `since` (not counted), by the value in force on it.

    A last day of rest moves to the next working day (203), and working days are counted, by `works`. None where
    nothing was in force. Raises KeyError for an unknown rule, ValueError for one without time.
    """
    now = value(key, since)
    if now is None:
        return None
    day = last_day(since, now.amounts, works)
    return Due(key, day, rule(key).name, now.source, now.verified, noted(key, now))


def keep_until(key: str, since: date) -> Due | None:
    """The last day on which a record must still be kept, from the day `since` of its last entry.

    Keys: repair_record, repair_file, vehicle_record, producer_record, impact_report, sharing_record, access_log.
    """
    return due(key, since)


def exchange_duties(demanded_on: date, works: Works = every_day) -> list[Ground]:
    """What the seller has to do once an exchange or refund was demanded (Order 43 art. 25 to 29, 33), with the days."""
    dated = ("sanbao_answer", "sanbao_completion")
    plain = ("no_same_model", "also_paid", "use_fee", "new_periods", "resale")
    days = {key: found.day for key in dated if (found := due(key, demanded_on, works))}
    return [ground(key, demanded_on, {"due": day}, since=demanded_on, last=day) for key, day in days.items()] + [
        ground(key, demanded_on, since=demanded_on) for key in plain if days
    ]


def proof_by(claimed_on: date, works: Works = every_day) -> Ground:
    """By when a shop must prove that its repair isn't the cause: 3 days from the customer's claim."""
    day = last_day(claimed_on, in_force("repair_cause_proof", claimed_on).amounts, works)
    return ground("repair_cause_proof", claimed_on, {"due": day}, since=claimed_on, last=day)


def deliberate_delay(due_on: date, on: date, works: Works = every_day) -> Ground | None:
    """The ground that an agreed or legal duty counts as deliberately delayed (Order 73 art. 8); None until then.

    `due_on`: the end of the legal or agreed time, or the day of the demand where goods or service fall short.
    """
    last = last_day(due_on, in_force("obligation", due_on).amounts, works)
    if on <= last:
        return None
    fine = remark("delay_fine", due_on, yuan=yuan(in_force("delay_fine", due_on)["fen"]))
    fields = {"since": due_on, "last": last}
    return ground("obligation", due_on, fields, since=last + timedelta(days=1), last=last, remarks=(fine,))


def delay_meter(due_on: date, on: date) -> Meter:
    """How many days of the 15 of Order 73 art. 8 are gone."""
    now = in_force("obligation", due_on)
    limit = now["days"]
    done = max((on - due_on).days, 0)
    left, reached = max(limit + 1 - done, 0), done > limit
    text = sentence("obligation", due_on, reached, {"done": done, "limit": limit, "left": left})
    return Meter("obligation", now.source, text.says, text.en, done, limit, left, "days", reached)


def burden_of_proof(
    received_on: date, found_on: date, service: bool = False, works: Works = every_day
) -> Ground | None:
    """The ground that the business must prove that a defect isn't its doing: found within six months (art. 23).

    None where it was found later, or before it was received. `service`: a repair rather than the car, with a word of
    caution.
    """
    last = last_day(received_on, in_force("burden_of_proof", received_on).amounts, works)
    if not received_on <= found_on <= last:
        return None
    remarks = (remark("proof_for_services", received_on),) if service else ()
    fields = {"found": found_on, "last": last}
    return ground("burden_of_proof", received_on, fields, since=found_on, last=last, remarks=remarks)


def possible_defect(learned_on: date) -> Ground:
    """The duty to report a possible defect to the regulator and to inform the producer (recall regulations art. 11)."""
    known = remark("known_defect", learned_on)
    return ground("possible_defect", learned_on, {"learned": learned_on}, since=learned_on, remarks=(known,))
