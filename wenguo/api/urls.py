"""Where the API answers. It knows no cookie: the token alone says who calls."""

from django.http import HttpResponse
from django.urls import URLPattern, re_path
from ninja import NinjaAPI

from wenguo import __version__
from wenguo.api import customers, files, listing, vehicles
from wenguo.api.bearer import Bearer
from wenguo.api.document import described
from wenguo.api.replies import Call, answered, nowhere, reply, tell_refusals

api = NinjaAPI(
    title="闻过 wenguo", version=__version__, description="The same doors as the pages, for programs.",
    auth=Bearer(), openapi_url=None, docs_url=None, urls_namespace="api", servers=[{"url": "/api/v1"}],
)  # fmt: skip
for part in (listing, files, vehicles, customers):  # listing has the router of all that is under cases
    api.add_router("", part.router)
tell_refusals(api)


@api.get("openapi.json", auth=None, include_in_schema=False)
def openapi(request: Call) -> HttpResponse:
    """The API described by itself, in OpenAPI 3.1, with the words of the packs in the caller's language."""
    return reply(described(api, request.language))


urlpatterns = [
    URLPattern(one.pattern, answered(one.callback), one.default_args, one.name)
    for one in api.urls[0]
    if isinstance(one, URLPattern) and one.name != "api-root"
]
urlpatterns.append(re_path("", answered(nowhere)))
