"""Every page and where it answers."""

from django.urls import include, path, register_converter

from wenguo.web import (
    attention,
    bell,
    calls,
    case_law,
    case_list,
    case_pages,
    coach,
    danger_hints,
    desk,
    drafts,
    due,
    evidence_files,
    health,
    imports,
    intake,
    language,
    law_pages,
    limits,
    metrics,
    proof,
    saved_views,
    searching,
    signin,
    stock_take,
    together,
    warning_board,
)
from wenguo.web.settings import overview, setup


class Number:
    """A case number, such as HZ-202611-0007: signs that every database can be asked about."""

    regex = r"[\w.-]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


class Verb(Number):
    regex = r"[a-z_]{1,40}"


register_converter(Number, "number")
register_converter(Verb, "verb")


class Kind(Number):
    regex = "csv|xlsx"


register_converter(Kind, "kind")


urlpatterns = [
    path("", desk.desk, name="desk"),
    path("login/", signin.sign_in, name="sign_in"),
    path("logout/", signin.sign_out, name="sign_out"),
    path("language/", language.choose, name="language"),
    path("bell/", bell.show, name="bell"),
    path("bell/count/", bell.count, name="bell_count"),
    path("bell/latest/", bell.latest, name="bell_latest"),
    path("bell/read/", bell.read_all, name="bell_read"),
    path("bell/<int:notice>/", bell.open_notice, name="bell_open"),
    path("calls/", calls.show, name="calls"),
    path("calls/<number:number>/", calls.show_one, name="calls_of"),
    path("cases/", case_list.show, name="cases"),
    path("cases/filter/", case_list.choose, name="case_filter"),
    path("cases/export.<kind:sheet>", case_list.export, name="case_export"),
    path("cases/columns/", saved_views.choose_columns, name="case_columns"),
    path("cases/views/", saved_views.save, name="view_save"),
    path("cases/views/<int:view>/end/", saved_views.end, name="view_end"),
    path("cases/together/", together.choose, name="together"),
    path("cases/together/<verb:verb>/", together.take, name="together_take"),
    path("cases/new", intake.intake, name="intake"),
    path("cases/new/danger/", danger_hints.ask, name="danger"),
    path("cases/new/look-up/", intake.look_up, name="look_up"),
    path("cases/search/", searching.search_page, name="search"),
    path("cases/<number:number>/", case_pages.show, name="case"),
    path("cases/<number:number>/attention/", attention.note, name="attention"),
    path("cases/<number:number>/attention/drop/", attention.drop, name="attention_drop"),
    path("cases/<number:number>/due/", due.show, name="due"),
    path("cases/<number:number>/law/", case_law.show, name="case_law"),
    path("cases/<number:number>/proof/", proof.show, name="proof"),
    path("cases/<number:number>/proof/file/", proof.send, name="proof_file"),
    path("cases/<number:number>/<verb:verb>/", case_pages.take_step, name="step"),
    path("coach/", coach.ask, name="coach"),
    path("coach/<number:number>/<verb:verb>/", coach.ask_beside, name="coach_step"),
    path("drafts/<path:form>/", drafts.keep, name="draft"),
    path("evidence/<int:evidence>/", evidence_files.send, name="evidence"),
    path("focus/", include("wenguo.web.focus_forms")),
    path("law/", law_pages.show, name="law"),
    path("law/damages/", law_pages.damages, name="damages"),
    path("set-up/<slug:key>/", setup.begin, name="set_up"),
    path("settings/", overview.show, name="settings"),
    path("settings/account/", include("wenguo.web.settings.account")),
    path("settings/branches/", include("wenguo.web.settings.branches")),
    path("settings/calendar/", include("wenguo.web.settings.calendar")),
    path("settings/calendar/", include("wenguo.web.settings.calendar_branch")),
    path("settings/calendar/", include("wenguo.web.settings.calendar_years")),
    path("settings/notices/", include("wenguo.web.settings.own_notices")),
    path("settings/numbers/", include("wenguo.web.settings.numbers")),
    path("settings/outlets/", include("wenguo.web.settings.outlets")),
    path("settings/staff/", include("wenguo.web.settings.staff")),
    path("settings/tokens/", include("wenguo.web.settings.tokens")),
    path("settings/", include("wenguo.web.settings.posts")),
    path("settings/limits/", limits.show, name="limits"),
    path("settings/limits/edit/", limits.edit, name="limits_edit"),
    path("settings/import/", imports.overview, name="imports"),
    path("settings/import/maps/", include("wenguo.web.settings.column_maps")),
    path("settings/import/<int:run>/", imports.show, name="import_run"),
    path("settings/import/<int:run>/progress/", imports.progress, name="import_progress"),
    path("settings/import/<int:run>/cancel/", imports.cancel, name="import_cancel"),
    path("settings/import/<int:run>/rejects.csv", imports.rejects, name="import_rejects"),
    path("settings/export/<verb:kind>.<verb:ending>", imports.take_out, name="export"),
    path("stock/", stock_take.show, name="stock_take"),
    path("vehicles/", include("wenguo.web.defects")),
    path("vehicles/", include("wenguo.web.vehicle_forms")),
    path("warnings/", warning_board.show, name="warnings"),
    path("warnings/<number:number>/paper/", warning_board.paper, name="warning_paper"),
    path("healthz", health.alive, name="healthz"),
    path("metrics", metrics.show, name="metrics"),
    path("readyz", health.ready, name="readyz"),
]
