"""What is urgent: as the record and the pack say it, not as a list of names here."""

from wenguo.cases.models import Entry
from wenguo.policy.clocks import LATE
from wenguo.policy.load import packs


def is_alarm(entry: Entry) -> bool:
    """Whether whoever is told of it must hear at once: overdue, a step that the pack calls an alarm, a grave case."""
    case = entry.case
    pack = packs().get(case.pack)
    process = pack.processes.get(case.process) if pack else None
    step = process.steps.get(entry.verb) if process else None
    return (
        entry.verb in LATE or (step is not None and step.alarm) or (pack is not None and pack.is_grave(case.severity))
    )
