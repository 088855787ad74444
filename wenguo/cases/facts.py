"""The closed list of facts that a step may need beside the pack's own: each a question put to the case."""

from collections.abc import Callable, Mapping
from typing import Any

from wenguo.cases.models import Case

FACTS: dict[str, Callable[[Case], bool]] = {
    "customer_known": lambda case: case.customer_id is not None,
    "vehicle_known": lambda case: case.vehicle_id is not None,
}


class Facts(Mapping[str, Any]):
    """What holds for a case: the pack's facts, its columns of codes, and the closed list above, asked when needed."""

    def __init__(self, case: Case):
        self.case = case

    def __getitem__(self, key: str) -> Any:
        if key in FACTS:
            return FACTS[key](self.case)
        return self.case.facts[key]

    def __iter__(self) -> Any:
        return iter({**self.case.facts, **FACTS})

    def __len__(self) -> int:
        return len(self.case.facts) + len(FACTS)
