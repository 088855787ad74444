"""The closed list of facts that a step may need beside the pack's own: each a question put to the case."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wenguo.cases.models import Case
from wenguo.policy.pack import COLUMNS

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
        return getattr(self.case, key) if key in COLUMNS else self.case.facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.case.facts, **dict.fromkeys(COLUMNS), **FACTS})

    def __len__(self) -> int:
        return len(list(iter(self)))
