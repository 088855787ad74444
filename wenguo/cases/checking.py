"""One case checked while somebody looks: its chain, its private values, its seals, its row."""

from collections.abc import Sequence
from typing import NamedTuple

from wenguo.cases.audit.cases import one_case
from wenguo.cases.audit.finding import as_it_stands
from wenguo.cases.merkle import climbed
from wenguo.cases.models import Case, Seal
from wenguo.cases.proof import Proof, Sealed, proof_of
from wenguo.cases.seal import seal_columns
from wenguo.people.chain import link
from wenguo.people.rows import places, read


class Checked(NamedTuple):
    """What was found. `broken`: numbers of entries that are wrong; `row`: whether the case stands as they tell;
    `seals`: the seals over its entries by id, without those that are broken themselves."""

    proof: Proof
    broken: frozenset[int]
    row: bool
    seals: dict[int, Seal]

    @property
    def whole(self) -> bool:
        return self.row and not self.broken

    def sealed(self, nth: int) -> Seal | None:
        """The seal that covers entry number `nth`, where it really does."""
        one = self.proof.entries[nth - 1]
        seal = self.seals.get(one.seal or 0)
        return seal if seal and covers(seal, one) else None


def covers(seal: Seal, one: Sealed) -> bool:
    return climbed(one.hash, one.path) == seal.root


def check_case(case: Case) -> Checked:
    """Checks `case` as it stands now."""
    with as_it_stands():
        proof = proof_of(case, seals=0)
        ids = sorted(proof.sealed_by)
        seals = read(Seal, f"WHERE id IN ({places(ids)})", *ids) if ids else []
        findings = one_case(case)
    sound = {one.pk: one for one in seals if link(one.prev, seal_columns(one)) == one.hash}
    broken = {int(one.where.rpartition("#")[2]) for one in findings if "#" in one.where}
    broken |= _uncovered(proof.entries, sound)
    return Checked(proof, frozenset(broken), all("#" in one.where for one in findings), sound)


def _uncovered(entries: Sequence[Sealed], seals: dict[int, Seal]) -> set[int]:
    """Numbers of entries whose seal says otherwise."""
    found = set()
    for nth, one in enumerate(entries, 1):
        if one.seal is not None and not (one.seal in seals and covers(seals[one.seal], one)):
            found.add(nth)
    return found
