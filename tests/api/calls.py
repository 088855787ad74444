"""A program that calls the API with the token of somebody of tests/people.py."""

import hashlib
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests.people import NOW
from wenguo.api.shapes import ErrorShape
from wenguo.people.models import Staff, Token

API = "/api/v1/"
INTAKE = {"process": "complaint", "branch": "HZ", "content": "保养后刹车异响", "phone": "13800138000"}


class Program:
    """Signed by the token of `login`; every answer is checked for what every answer must be."""

    def __init__(self, login: str = "alice"):
        self.token = f"token-of-{login}"
        digest = hashlib.sha256(self.token.encode()).hexdigest()
        staff = Staff.objects.get(username=login)
        Token.objects.get_or_create(digest=digest, defaults={"staff": staff, "name": "test", "created_at": NOW})

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        """Posts `body` as JSON, or as it is where it already is text or bytes."""
        if not isinstance(body, str | bytes):
            body = json.dumps(body, ensure_ascii=False)
        return self.call("POST", path, body, **headers)

    def upload(self, content: bytes = b"an invoice", name: str = "发票.txt", **more: str) -> HttpResponse:
        form = {"file": SimpleUploadedFile(name, content), **more}
        answer = Client().post(API + "evidence", form, headers={"authorization": f"Bearer {self.token}"})
        return checked(answer)

    def call(self, method: str, path: str, body: str | bytes = "", **headers: str) -> HttpResponse:
        """Headers as keywords: if_match='"1"'."""
        sent = {"authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        kind = sent.pop("content-type", "application/json")
        return checked(Client().generic(method, API + path, body, content_type=kind, headers=sent))

    def open(self, **more: Any) -> dict[str, Any]:
        """A new case, as the API shows it."""
        answer = self.post("cases", INTAKE | more)
        assert answer.status_code == 201, answer.content.decode()
        return answer.json()


def checked(answer: HttpResponse) -> HttpResponse:
    """What holds for every answer of the API, whatever was asked."""
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(answer.headers["X-Request-Id"]) == 32
    assert not answer.cookies
    if answer.status_code >= 400:
        told = answer.json()
        assert told.keys() - {"conflict"} == {"code", "message", "fields", "request_id"}
        assert told["request_id"] == answer.headers["X-Request-Id"]
        assert told["message"] and all(told["fields"].values())
    assert answer.status_code != 500
    return answer


def told(answer: HttpResponse, status: int, code: str) -> ErrorShape:
    """The refusal, which must be this one."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content.decode()
    return ErrorShape.model_validate(answer.json())
