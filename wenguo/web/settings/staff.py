"""Staff: who works at a branch; one person with their posts, deputies and history; names, passwords, leaving."""

from datetime import date
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.cases.held import held_by
from wenguo.people.actors import Actor
from wenguo.people.administering import administers, giveable, homes, knows, may_change, may_give, staff_at
from wenguo.people.businessclock import now
from wenguo.people.editing import version_of
from wenguo.people.models import Deputy, Post, Staff
from wenguo.people.posts import vacancies
from wenguo.people.staffing import hire, one_time_password, rename, set_active, set_password
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.branches import administered_branch, branch_options
from wenguo.web.settings.telling import history_of, last_day, lines, role_word
from wenguo.web.words import branch_name

LARGEST_ID = 2**63
EDITS = ["GET", "HEAD", "POST"]


class Seen(NamedTuple):
    """Somebody under settings: their `homes`, and whether this administrator may change their account."""

    staff: Staff
    homes: list[Post]
    may_change: bool

    @property
    def branch(self) -> Any:
        return self.homes[0].branch


def seen_staff(pk: int, by: Actor) -> Seen:
    """Somebody within reach of `by`; Http404 in the same words whether they aren't there or aren't within sight."""
    staff = Staff.objects.filter(pk=pk).first() if pk < LARGEST_ID else None
    posts = homes(pk, by.today) if staff else []
    if staff is None or not knows(by, posts):
        raise Http404
    return Seen(staff, [one for one in posts if administers(by, one.branch)], may_change(by, staff, posts))


def changeable(pk: int, by: Actor) -> Seen:
    """The same, where the account may be changed."""
    seen = seen_staff(pk, by)
    if not seen.may_change:
        raise Http404
    return seen


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """Everybody who holds a post at one branch; with `left` those who did."""
    by = request.actor
    branch, left = administered_branch(by, request.GET.get("branch", "")), "left" in request.GET
    people: dict[int, tuple[Staff, list[tuple[str, Post]]]] = {}
    for post in staff_at(branch, by.today, left=left):
        people.setdefault(post.staff_id, (post.staff, []))[1].append((role_word(branch, post.role), post))
    return page(
        request, "settings/staff.html", branch=branch, branches=branch_options(by), people=list(people.values()),
        left=left, today=by.today, roles=bool(giveable(by, branch)),
    )  # fmt: skip


@signed_in
@require_safe
def show_one(request: StaffRequest, staff: int) -> HttpResponse:
    """One person: posts, deputies, what was changed."""
    return draw_one(request, seen_staff(staff, request.actor))


def draw_one(request: StaffRequest, seen: Seen, password: str = "") -> HttpResponse:
    """`password`: the one-time password that was just made, told this once."""
    by, pk = request.actor, seen.staff.pk
    every = [one for one in Post.objects.filter(staff=pk).select_related("branch") if administers(by, one.branch)]
    current = [one for one in every if one.until is None or one.until > by.today]
    posts = [(one, role_word(one.branch, one.role), may_give(by, one.branch, one.role) and pk not in by.stands_for)
             for one in sorted(current, key=lambda one: (one.since, one.pk))]  # fmt: skip
    deputies = list(Deputy.objects.filter(absent=pk, until__gt=by.today).select_related("deputy").order_by("since"))
    things = {"post": [one.pk for one in every]}
    if seen.may_change:
        things |= {"staff": [pk], "deputy": list(Deputy.objects.filter(absent=pk).values_list("pk", flat=True))}
    return page(
        request, "settings/person.html", one=seen.staff, branch=seen.branch, posts=posts, deputies=deputies,
        may_change=seen.may_change, own=pk == by.staff_id, password=password, today=by.today, last_day=last_day,
        history=history_of(request, things, lambda told: lines(told, seen.branch)), zone=seen.branch.zone,
        saved="saved" in request.GET,
    )  # fmt: skip


def page_of(staff: int, saved: bool = True) -> str:
    return reverse("person", args=[staff]) + ("?saved" if saved else "")


@signed_in
@require_http_methods(EDITS)
def add(request: StaffRequest) -> HttpResponse:
    """Somebody new, with a first post and a one-time password."""
    by, secret = request.actor, one_time_password()
    branch = administered_branch(by, request.GET.get("branch", ""))
    roles = {role: role_word(branch, role) for role in giveable(by, branch)}
    made: list[Staff] = []

    def save(posted: Posted) -> str:
        given, since, until = posted.values, posted.day("since") or by.today, posted.day_after("last_day")
        _in_order(since, until)
        staff = hire(
            given["username"].strip(), given["name"].strip(), given["role"], branch, secret, now(), by=by.code,
            reason="", once=True, email=(given["email"] or "").strip(), since=since, until=until,
        )  # fmt: skip
        made.append(staff)
        return page_of(staff.pk, saved=False)

    back = f"{reverse('staff')}?branch={branch.code}"
    answer = ask(
        request, form_of("staff_add", roles=roles), save, {"since": by.today.isoformat()}, back=back,
        about=branch_name(branch),
    )  # fmt: skip
    return draw_one(request, seen_staff(made[0].pk, by), secret) if made and answer.status_code == 303 else answer


def _in_order(since: date, until: date | None) -> None:
    if until is not None and until <= since:
        raise Wrong({"last_day": Problem("This must be after the first day.")})


@signed_in
@require_http_methods(EDITS)
def change(request: StaffRequest, staff: int) -> HttpResponse:
    """Another name, name to sign in with, or e-mail address."""
    by = request.actor
    seen = changeable(staff, by)
    stands = {"name": seen.staff.name, "username": seen.staff.username, "email": seen.staff.email}

    def save(posted: Posted) -> str:
        given = {key: (value or "").strip() for key, value in posted.values.items()}
        rename(seen.staff, given, by.code, "", posted.version, now())
        return page_of(staff)

    return ask(
        request, form_of("staff_edit"), save, stands, version_of(seen.staff), back=page_of(staff, False),
        about=seen.staff.name,
    )  # fmt: skip


@signed_in
@require_http_methods(EDITS)
def reset(request: StaffRequest, staff: int) -> HttpResponse:
    """A one-time password, shown once, that must be changed at the next sign-in."""
    by, secret = request.actor, one_time_password()
    seen = changeable(staff, by)
    made: list[str] = []

    def save(posted: Posted) -> str:
        set_password(seen.staff, secret, by.code, posted.values["reason"], now(), once=True)
        made.append(secret)
        return page_of(staff)

    about = gettext("%(name)s is signed out everywhere and gets a password that works once.") % {
        "name": seen.staff.name
    }
    answer = ask(request, form_of("staff_password"), save, back=page_of(staff, False), about=about)
    return draw_one(request, seen, secret) if made and answer.status_code == 303 else answer


@signed_in
@require_http_methods(EDITS)
def leave(request: StaffRequest, staff: int) -> HttpResponse:
    """Deactivates the account, after it was seen which cases wait for this person and who would be missing."""
    by = request.actor
    seen = changeable(staff, by)
    held, more = held_by(staff, by)

    def save(posted: Posted) -> str:
        doubts = missing(seen.homes, by.today)
        if held:
            doubts.append(gettext("Open cases still wait for this person; they are listed below."))
        posted.confirmed(doubts)
        set_active(seen.staff, False, by.code, posted.values["reason"], now())
        return page_of(staff)

    about = gettext("%(name)s can't sign in any more, nor can their programs. What they did stays on record.")
    return ask(
        request, form_of("staff_leave"), save, back=page_of(staff, False), about=about % {"name": seen.staff.name},
        danger=True, held=held, more=more, deputy=reverse("deputy_add", args=[staff]),
        owned=f"{reverse('cases')}?state=open&owner={staff}" if any(one.owns for one in held) else "",
    )  # fmt: skip


@signed_in
@require_http_methods(EDITS)
def come_back(request: StaffRequest, staff: int) -> HttpResponse:
    """Lets somebody in again, with the password they had."""
    by = request.actor
    seen = changeable(staff, by)

    def save(posted: Posted) -> str:
        set_active(seen.staff, True, by.code, posted.values["reason"], now())
        return page_of(staff)

    return ask(request, form_of("staff_return"), save, back=page_of(staff, False), about=seen.staff.name)


def missing(posts: list[Post], on: date) -> list[str]:
    """Who would be missing without these posts, in whole sentences; of many shops the first few."""
    found = vacancies(posts, on)
    told = [
        gettext("Nobody at %(branch)s would be %(role)s any more, so cases there would wait for nobody.")
        % {"branch": branch_name(one.branch), "role": role_word(one.branch, one.role)}
        for one in found[:5]
    ]
    rest = len(found) - len(told)
    return told + ([gettext("The same at %(count)s other branches.") % {"count": rest}] if rest else [])


urlpatterns = [
    path("", show, name="staff"),
    path("add/", add, name="staff_add"),
    path("<int:staff>/", show_one, name="person"),
    path("<int:staff>/edit/", change, name="staff_edit"),
    path("<int:staff>/password/", reset, name="staff_password"),
    path("<int:staff>/leave/", leave, name="staff_leave"),
    path("<int:staff>/return/", come_back, name="staff_return"),
]
