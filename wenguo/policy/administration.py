"""Who keeps the organisation in order: what a pack's table [administration] says. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wenguo.policy.row import Place


@dataclass(frozen=True)
class Administration:
    """Roles at a branch or above it. `only_by`: roles that nobody gives or takes away but the holders of these."""

    organisation: tuple[str, ...] = ()  # branches, staff, posts, deputies of others, numbers
    tokens: tuple[str, ...] = ()  # may have keys for programs
    only_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: Place = Place("", 0)

    @property
    def highest(self) -> str:
        """The first role that may give every role, which the first administrator gets; "" where there is none."""
        everywhere = (one for one in self.organisation if all(one in givers for givers in self.only_by.values()))
        return next(everywhere, "")

    def gives(self, roles: frozenset[str], role: str) -> bool:
        """Whether somebody who holds `roles` at a branch may give the role `role` there, or take it away."""
        return bool(roles & {*self.organisation}) and bool(roles & {*self.only_by.get(role, roles)})
