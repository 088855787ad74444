"""One's own account: password, who stands in, language."""

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.people.businessclock import now
from wenguo.people.models import Deputy, Post, Staff
from wenguo.people.staffing import set_password
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.web.pages import PASSWORD_PAGE, StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.staff import EDITS
from wenguo.web.settings.telling import last_day, role_word


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """Who I am here, who stands in for me, for whom I stand in."""
    by, house = request.actor, tree()
    posts = [
        (house.branches[one.branch_id], role_word(house.branches[one.branch_id], one.role), one)
        for one in Post.objects.filter(staff=by.person).order_by("since", "id")
        if one.until is None or one.until > by.today
    ]
    running = Deputy.objects.filter(until__gt=by.today).select_related("absent", "deputy").order_by("since")
    return page(
        request, "settings/account.html", one=request.user, posts=posts, today=by.today, last_day=last_day,
        deputies=list(running.filter(absent=by.person)), standing=list(running.filter(deputy=by.person)),
        saved="saved" in request.GET,
    )  # fmt: skip


@sensitive_post_parameters()
@signed_in
@require_http_methods(EDITS)
def password(request: StaffRequest) -> HttpResponse:
    """Another password: everywhere else I am signed out by it."""
    by, staff = request.actor, Staff.objects.get(pk=request.actor.person)
    forced = staff.must_change_password

    def save(posted: Posted) -> str:
        given = posted.values
        if not staff.check_password(given["old_password"]):
            raise Wrong({"old_password": Problem("This isn't your present password.")})
        same_twice(given)
        if given["password"] == given["old_password"]:
            raise Wrong({"password": Problem("This is the password that you have now.")})
        set_password(staff, given["password"], by.code, "", now(), once=False)
        return reverse("desk") if forced else f"{reverse('account')}?saved"

    about = gettext("Whoever is signed in elsewhere under your name is signed out by it.")
    if forced:
        about = gettext("Your password was made up by somebody else. Please choose your own before you go on.")
    answer = ask(request, form_of("password_change"), save, about=about, back="" if forced else reverse("account"))
    if answer.status_code == 303:
        update_session_auth_hash(request, Staff.objects.get(pk=staff.pk))  # this session goes on
    return answer


def same_twice(given: dict[str, str]) -> None:
    """Raises Wrong where the password was typed differently the second time."""
    if given["password"] != given["again_password"]:
        raise Wrong({"again_password": Problem("Both passwords must be the same.")})


urlpatterns = [
    path("", show, name="account"),
    path("password/", password, name=PASSWORD_PAGE),
]
