"""The page that shows that what a case says was not changed afterwards, for a manager and for a judge."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from wenguo.cases import lists
from wenguo.cases.anchors import latest_anchor
from wenguo.cases.checking import check_case
from wenguo.cases.merkle import Path
from wenguo.cases.models import Seal
from wenguo.cases.proof import proof_of
from wenguo.people.businessclock import now
from wenguo.people.tree import tree
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.telling import Teller, Told
from wenguo.web.within_sight import seen

SHORT = 12  # signs of a hash that people compare


@dataclass
class Proven:
    """One entry with what vouches for it. `right`: it is what was written down; `seal`: None where none covers it."""

    told: Told
    right: bool
    seal: Seal | None
    path: Path

    @property
    def short(self) -> str:
        return self.told.entry.hash[:SHORT]


@signed_in
@require_safe
def show(request: StaffRequest, number: str) -> HttpResponse:
    """Every entry of the case with its hash and its seal, checked while the page is made."""
    case = seen(number, request.actor)
    at = now()
    checked = check_case(case)
    teller = Teller(case, lists.sees_contact(case, request.actor), tree().names, at)
    story = {one.entry.seq: one for one in teller.story(lists.story(case))}
    rows = [
        Proven(story[nth], nth not in checked.broken, checked.sealed(nth), one.path)
        for nth, one in enumerate(checked.proof.entries, 1) if nth in story
    ]  # fmt: skip
    anchor = latest_anchor()
    return page(
        request, "case/proof.html", case=case, teller=teller, rows=rows, checked=checked, anchor=anchor,
        broken=[f"#{nth}" for nth in sorted(checked.broken)],
        sealed=sum(row.seal is not None for row in rows),
        anchored_at=datetime.fromisoformat(anchor.sealed_at) if anchor else None,
    )  # fmt: skip


@signed_in
@require_safe
def send(request: StaffRequest, number: str) -> HttpResponse:
    """The proof as a file, for the newest anchor; it holds no personal value."""
    case = seen(number, request.actor)
    anchor = latest_anchor()
    text = proof_of(case, anchor.seals if anchor else None).text()
    disposition = {"Content-Disposition": f'attachment; filename="proof-{case.pk}.json"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="application/json", headers=disposition)
