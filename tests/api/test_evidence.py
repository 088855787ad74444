"""Files: uploaded first, then named in a form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.calls import API, INTAKE, Program, checked
from tests.drill import often
from wenguo.api.shapes import FileShape
from wenguo.cases.evidence import LARGEST, sound
from wenguo.cases.models import Evidence

pytestmark = pytest.mark.usefixtures("database")


def test_a_file_is_kept_and_belongs_to_the_step_that_names_it(dealer):
    answer = Program().upload(b"an invoice", "发票.txt")
    file = FileShape.model_validate(answer.json())
    assert (answer.status_code, file.name, file.size) == (201, "发票.txt", 10)
    assert sound(Evidence.objects.get(pk=file.id))
    number = Program().open(photos=[file.id])["number"]
    (entry,) = Program().get(f"cases/{number}/entries").json()["items"]
    assert entry["files"] == [answer.json() | {"field": "photos"}]


def test_a_file_belongs_to_one_case_and_to_whoever_sent_it(dealer):
    mine = Program().upload().json()["id"]
    number = Program().open()["number"]

    def add(login, file):
        return Program(login).post(f"cases/{number}/steps/evidence_added", {"files": [file]})

    for login, file in (("bob", mine), ("alice", mine + 1000), ("alice", -1), ("alice", 10**17), ("alice", "x")):
        assert add(login, file).json()["fields"].keys() == {"files"}
    assert add("alice", mine).status_code == 200
    assert add("alice", mine).status_code == 422


NAMES = [
    "../../etc/passwd",
    "C:\\a\\b.jpg",
    "..",
    "",
    " ",
    "a\0b",
    "x" * 500,
    "\u202egpj.exe",
    'a\\"b',
    "a\r\nX: c",
    "🚗.jpg",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_does_no_harm(dealer, name):
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    answer = Program().post(
        "evidence", f"{head}text\r\n--x--\r\n", **{"content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code in (201, 400, 422)
    if answer.status_code == 201:
        kept = answer.json()["name"]
        assert kept and not set('/\\\0\r\n"\u202e') & set(kept)


def test_an_empty_file_no_file_two_files_and_further_fields_are_refused(dealer):
    assert Program().upload(b"").json()["fields"].keys() == {"file"}
    assert Program().upload(case="1").json()["fields"].keys() == {"case"}
    sent = {"authorization": f"Bearer {Program().token}"}
    files = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]
    for form in ({"file": files}, {"file": "text"}, {}):
        answer = checked(Client().post(API + "evidence", form, headers=sent))
        assert (answer.status_code, answer.json()["fields"].keys()) == (422, {"file"})
    assert not Evidence.objects.exists()


def test_a_file_too_large_is_refused(dealer):
    assert Program().upload(b"x" * (LARGEST + 1)).status_code == 413
    assert Program().upload(b"x" * (LARGEST + 200_000)).status_code == 413
    assert not Evidence.objects.exists()


def test_only_multipart_is_taken_for_a_file(dealer):
    assert Program().post("evidence", INTAKE).status_code == 415
    broken = Program().post("evidence", b"--x\r\nnonsense", **{"content-type": "multipart/form-data"})
    assert broken.status_code == 400


HEADS = [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"PK\x03\x04", b"RIFF", b"GIF89a", b"ID3", b"MZ"]


@settings(max_examples=often(60, 20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=60))
def test_no_file_breaks_the_upload(dealer, head, rest):
    assert Program().upload(head + rest).status_code in (201, 422)
