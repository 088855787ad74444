"""HEAD, OPTIONS, and methods that an address doesn't take."""

import pytest
from django.test import Client

from tests.api.calls import API, Program, checked

pytestmark = pytest.mark.usefixtures("database")


def fetched(path, method="GET"):
    """A file comes with headers of its own, so calls.checked() doesn't fit."""
    return Client().generic(method, API + path, headers={"authorization": f"Bearer {Program().token}"})


def with_file():
    file = Program().upload().json()["id"]
    return f"cases/{Program().open(photos=[file])['number']}/evidence/{file}"


def test_head_says_what_get_would_and_options_what_there_is(dealer):
    file = with_file()
    for path in (file, f"cases/{file.split('/')[1]}"):
        got, head = fetched(path), fetched(path, method="HEAD")
        assert (head.status_code, head.getvalue()) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag", "Content-Disposition"):
            assert head.headers.get(name) == (
                got.headers.get(name) or (str(len(got.getvalue())) if name == "Content-Length" else None)
            )
        asked = Client().options(API + path)
        assert (asked.status_code, asked.headers["Allow"], asked.content) == (204, "GET, HEAD, OPTIONS", b"")
    assert fetched("cases/X", method="HEAD").status_code == 404
    assert Client().options(API + "nowhere").status_code == 404
    refused = checked(Client().delete(API + "cases/X"))
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
