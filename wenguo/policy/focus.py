"""What a pack says of cars and customers of special care (重点关注): who decides, what is proposed, what applies."""

from dataclasses import dataclass, field

from wenguo.policy.row import Label, Place


@dataclass(frozen=True)
class Proposal:
    """Why a car is proposed: it came with an order of one of these kinds (`visits`), where `quality` with a quality
    problem, where `in_warranty` within its free-repair period; or somebody complained about it (`complaints`)."""

    key: str
    label: Label
    visits: tuple[str, ...]
    quality: bool
    in_warranty: bool
    complaints: bool
    place: Place


@dataclass(frozen=True)
class Measure:
    """What applies to whoever is watched: where, and what is done there."""

    key: str
    label: Label
    text: Label
    place: Place


@dataclass(frozen=True)
class FocusRules:
    """Roles that may decide (`decides`), write down calls, letters and visits (`cares`), watch over timeliness
    (`supervises`), and may be named to look after the repairs (`looks_after`).

    Proposals look back `days`; a letter or visit is due within `care_days` after a focus or a grave case ended.
    `call_back` is the code of `care_way` that asks whether the customer is satisfied.
    """

    decides: frozenset[str]
    cares: frozenset[str]
    supervises: frozenset[str]
    looks_after: tuple[str, ...]
    days: int
    care_days: int
    call_back: str
    place: Place = field(compare=False)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
