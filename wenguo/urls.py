"""Where everything answers: the API for programs, the pages for people."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("wenguo.api.urls")),
    path("", include("wenguo.web.urls")),
]
handler400 = "wenguo.web.errors.bad_request"
handler403 = "wenguo.web.errors.forbidden"
handler404 = "wenguo.web.errors.not_found"
handler500 = "wenguo.web.errors.broken"
