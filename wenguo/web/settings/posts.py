"""Posts and deputies of one person: given, ended, named."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from wenguo.people.actors import Actor, people_at
from wenguo.people.administering import administered, giveable, may_give
from wenguo.people.businessclock import now
from wenguo.people.models import Deputy, Post, Staff
from wenguo.people.posts import also_deputised, away, end_deputy, end_post, give_post, name_deputy
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.web.pages import StaffRequest, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of, not_past
from wenguo.web.settings.branches import administered_branch, branch_options
from wenguo.web.settings.staff import EDITS, LARGEST_ID, changeable, missing, page_of, seen_staff
from wenguo.web.settings.telling import role_word
from wenguo.web.words import branch_name


@signed_in
@require_http_methods(EDITS)
def add(request: StaffRequest, staff: int) -> HttpResponse:
    """One more role at a branch. Never for oneself."""
    by = request.actor
    seen = seen_staff(staff, by)
    if staff in by.stands_for or not seen.staff.is_active:
        raise Http404
    roles = {role: role_word(one, role) for one in administered(by) for role in giveable(by, one)}

    def save(posted: Posted) -> str:
        given = posted.values
        branch = administered_branch(by, given["branch"])
        if not may_give(by, branch, given["role"]):
            raise Wrong({"role": Problem("You can't give this role at this branch.")})
        since, until = posted.day("since") or by.today, posted.day_after("last_day")
        if until is not None and until <= since:
            raise Wrong({"last_day": Problem("This must be after the first day.")})
        give_post(seen.staff, branch, given["role"], since, until, by.code, given["reason"] or "", now())
        return page_of(staff)

    form = form_of("post_add", branches=branch_options(by), roles=roles)
    typed = {"branch": seen.branch.code, "since": by.today.isoformat()}
    return ask(request, form, save, typed, back=page_of(staff, False), about=seen.staff.name)


@signed_in
@require_http_methods(EDITS)
def end(request: StaffRequest, post: int) -> HttpResponse:
    """Ends a post, after it was seen who would be missing."""
    by = request.actor
    row = _post(post, by)

    def save(posted: Posted) -> str:
        last = posted.day("last_day") or by.today
        not_past(last + timedelta(days=1), by.today, "last_day")
        _until_known(row, last)
        posted.confirmed(missing([row], last + timedelta(days=1)))
        end_post(row, last + timedelta(days=1), by.code, posted.values["reason"], now())
        return page_of(row.staff_id)

    about = f"{row.staff.name} · {branch_name(row.branch)} · {role_word(row.branch, row.role)}"
    return ask(
        request, form_of("post_end"), save, {"last_day": by.today.isoformat()}, back=page_of(row.staff_id, False),
        about=about, danger=True,
    )  # fmt: skip


def _until_known(row: Post, last: date) -> None:
    if row.until is not None and last >= row.until:
        raise Wrong({"last_day": Problem("This post ends before that day already.")})


def _post(pk: int, by: Actor) -> Post:
    """A post that goes on and that `by` may take away."""
    row = Post.objects.select_related("staff").filter(pk=pk).first() if pk < LARGEST_ID else None
    if row is None or row.staff_id in by.stands_for or (row.until is not None and row.until <= by.today):
        raise Http404
    row.branch = tree().branches[row.branch_id]
    if not may_give(by, row.branch, row.role):
        raise Http404
    return row


@signed_in
@require_http_methods(EDITS)
def deputy(request: StaffRequest, staff: int) -> HttpResponse:
    """Somebody stands in for this person. Never whoever names them: that would be a way to more than one's own."""
    seen = changeable(staff, request.actor)
    return ask_deputy(request, seen.staff, page_of(staff), page_of(staff, False))


@signed_in
@require_http_methods(EDITS)
def own_deputy(request: StaffRequest) -> HttpResponse:
    """Somebody stands in for me."""
    target = reverse("account")
    return ask_deputy(request, Staff.objects.get(pk=request.actor.person), f"{target}?saved", target)


def ask_deputy(request: StaffRequest, absent: Staff, target: str, back: str) -> HttpResponse:
    """The form for a deputy of `absent`, out of those whom the asker sees."""
    by = request.actor
    people = {str(pk): name for pk, name in colleagues(by).items() if pk not in {absent.pk, by.staff_id}}

    def save(posted: Posted) -> str:
        since, until = posted.day("since") or by.today, posted.day_after("last_day") or by.today
        not_past(since, by.today)
        if until <= since:
            raise Wrong({"last_day": Problem("This must be after the first day.")})
        chosen = Staff.objects.get(pk=int(posted.values["deputy"]))
        posted.confirmed(_doubts(absent, chosen, since, until))
        name_deputy(absent, chosen, since, until, by.code, posted.values["reason"] or "", now())
        return target

    about = gettext("The deputy may do all that %(name)s may do in that time, and it is on record who did it.")
    return ask(
        request, form_of("deputy_add", people=people), save, {"since": by.today.isoformat()}, back=back,
        about=about % {"name": absent.name},
    )  # fmt: skip


def _doubts(absent: Staff, chosen: Staff, since: date, until: date) -> list[str]:
    """Overlaps, which may be meant."""
    told = []
    if away(chosen, since, until):
        told.append(gettext("%(name)s is away themselves in that time.") % {"name": chosen.name})
    for row in also_deputised(absent, since, until):
        words = gettext("%(name)s stands in already for some of these days; then both would.")
        told.append(words % {"name": row.deputy.name})
    return told


def colleagues(by: Actor) -> dict[int, str]:
    """Active people who hold a post today at a branch within sight or above it: name and role by id."""
    house, found = tree(), dict[int, str]()
    for branch in by.branches():
        for pk, name, role in people_at(branch, (), by.today):
            found.setdefault(pk, f"{name} · {role_word(branch, role)}")
    return {pk: found[pk] for pk in sorted(found, key=lambda pk: house.names[pk])}


@signed_in
@require_POST
def deputy_end(request: StaffRequest, row: int) -> HttpResponse:
    """Ends it with yesterday: nobody stands in from today on."""
    by = request.actor
    found = Deputy.objects.select_related("absent").filter(pk=row).first() if row < LARGEST_ID else None
    if found is None:
        raise Http404
    own = found.absent_id == by.staff_id
    if not own:
        changeable(found.absent_id, by)
    end_deputy(found, by.today, by.code, now())
    return HttpResponseRedirect(f"{reverse('account')}?saved" if own else page_of(found.absent_id), status=303)


urlpatterns = [
    path("staff/<int:staff>/post/", add, name="post_add"),
    path("staff/<int:staff>/deputy/", deputy, name="deputy_add"),
    path("posts/<int:post>/end/", end, name="post_end"),
    path("account/deputy/", own_deputy, name="own_deputy"),
    path("deputies/<int:row>/end/", deputy_end, name="deputy_end"),
]
