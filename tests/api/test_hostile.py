"""Text that is meant to break something: the same verdict on both databases, and what is taken comes back exactly."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.calls import INTAKE, Program
from tests.drill import often
from tests.people import at_stage
from wenguo.cases.models import Case
from wenguo.policy.load import default_pack

pytestmark = pytest.mark.usefixtures("database")

TAKEN = {
    "bidi override": "正常\u202e文字\u202c",
    "bidi isolates": "a\u2066b\u2067c\u2068d\u2069",
    "zero width": "刹\u200b车\ufeff异\u200d响",
    "emoji": "🚗💨 👨‍👩‍👧‍👦 ❤️",
    "beyond the first plane": "𠮷野家 𪚥",
    "line separators": "一\u2028二\u2029三",
    "ten thousand marks": "e" + "\u0301" * 10_000,
    "full-width digits": "１２３ＡＢＣ",
    "non-characters": "\uffff\U0010ffff",
    "tags and quotes": "<script>alert(1)</script> ' \" \\ ${7*7} {{7*7}} %s %(x)s %00",
    "SQL": "'; DROP TABLE cases_case; --",
    "lines and tabs": "一\n二\t三",
    "the longest": "长" * 20_000,
    "blanks around": "  异响  ",
}
REFUSED = {
    "NUL": "a\0b",
    "bell": "a\ab",
    "escape": "a\x1b[31mb",
    "C1": "a\x85b",
    "half a sign": "a\ud83db",
    "the other half": "\udc00",
    "one too long": "长" * 20_001,
    "a megabyte": "x" * 1_000_000,
    "only blanks": " \u3000\t\n",
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN.keys())
def test_strange_text_comes_back_exactly(dealer, text):
    made = Program().open(content=text)
    assert made["facts"]["content"] == text
    assert Program().get(f"cases/{made['number']}").json()["facts"]["content"] == text
    (entry,) = Program().get(f"cases/{made['number']}/entries").json()["items"]
    assert entry["data"]["content"] == text


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_text_that_no_record_can_hold_is_refused_by_field(dealer, text):
    for body in (INTAKE | {"content": text}, INTAKE | {"expected_outcome": text}):
        if body["content"] != text and not text.strip():
            continue  # an optional field may stay blank
        refused = Program().post("cases", json.dumps(body))
        assert refused.status_code == 422, refused.content.decode()
        assert refused.json()["fields"].keys() == {key for key, value in body.items() if value == text}
    assert not Case.objects.exists()


def test_full_width_signs_of_a_phone_and_a_plate_are_the_ordinary_ones(dealer):
    made = Program().open(phone="１３８００１３８０００", plate="浙Ａ１２３４５")
    assert (made["customer"]["phone"], made["vehicle"]["plate"]) == ("13800138000", "浙A12345")


def test_a_field_with_half_a_sign_in_its_name_is_refused(dealer):
    refused = Program().post("cases", json.dumps(INTAKE | {"\ud83d": 1}))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


names = st.sampled_from([*(field.key for field in default_pack().forms["intake"].fields), "process", "branch", "note"])
signs = st.text(st.characters(exclude_categories=()), max_size=30)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
words = st.sampled_from(
    [
        "HZ",
        "complaint",
        "13800138000",
        "浙A12345",
        "true",
        "2026-03-01T10:00",
        "1e9999",
        "-0",
        "0x10",
        "１２",
        "+86",
        "2026-02-30",
    ]
)
scalars = st.none() | st.booleans() | numbers | signs | words
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(signs, inner), max_leaves=5)
bodies = st.dictionaries(names | signs, values, max_size=8)
tried = settings(max_examples=often(60, 15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@tried
@given(body=bodies)
def test_no_body_breaks_the_opening(dealer, body):
    assert Program().post("cases", json.dumps(body)).status_code < 500
    assert Program().post("cases", json.dumps(INTAKE | body)).status_code < 500


@tried
@given(data=st.data())
def test_no_body_breaks_a_step(dealer, data):
    case = data.draw(st.sampled_from(["receiving", "planning", "confirming", "calling_back"]).map(_walked(dealer)))
    steps = Program("bob").get(f"cases/{case}/steps").json()["items"]
    step = data.draw(st.sampled_from([one for one in steps if one["form"]]))
    body = data.draw(st.dictionaries(st.sampled_from([*step["form"]["properties"]]) | signs, values, max_size=8))
    assert Program("bob").post(f"cases/{case}/steps/{step['verb']}", json.dumps(body)).status_code < 500


def _walked(dealer):
    """One case for each stage, made when first asked for."""
    made: dict[str, str] = {}
    return lambda stage: made.setdefault(stage, at_stage(stage).number)


@tried
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "x"]))
def test_no_bytes_break_anything(dealer, body, kind):
    for path in ("cases", "evidence", "cases/X/steps/noted"):
        assert Program().post(path, body, **{"content-type": kind}).status_code < 500


@tried
@given(number=st.text(max_size=20), verb=st.text(max_size=10), query=st.text(max_size=20))
def test_no_address_breaks_anything(dealer, number, verb, query):
    for path in (
        f"cases/{quote(number)}",
        f"cases/{quote(number, safe='')}/steps/{quote(verb, safe='')}?{quote(query)}",
    ):
        assert Program().get(path).status_code < 500
        assert Program().post(path, "{}").status_code < 500


@pytest.mark.parametrize("text", {**TAKEN, **REFUSED}.values(), ids=[*TAKEN, *REFUSED])
def test_strange_text_as_a_name_is_taken_whole_or_refused_and_finds_nobody_by_mistake(dealer, text):
    body = {"branch": "HZ", "phone": "13800138000", "name": text}
    put = Program().call("PUT", "customers/C-1", json.dumps(body))
    assert put.status_code in (201, 422)
    found = Program().post("lookup", json.dumps({"branch": "HZ", "name": text}))
    assert found.status_code in (200, 422)
    if put.status_code == 201:
        assert put.json()["name"] == text.strip()
        assert found.status_code == 422 or [one["name"] for one in found.json()["customers"]] == [text.strip()]
    elif found.status_code == 200:
        assert found.json()["customers"] == []


keys = st.sampled_from(["branch", "phone", "plate", "vin", "name", "external_id", "mileage_km", "in_at", "parts"])


@tried
@given(body=st.dictionaries(keys | signs, values, max_size=6), name=signs | words, clear=st.booleans())
def test_no_body_and_no_name_breaks_what_other_systems_tell_and_ask(dealer, body, name, clear):
    caller, text = Program("alice" if clear else "technician"), json.dumps({"branch": "HZ"} | body)
    assert caller.post("lookup", text).status_code < 500
    for kind in ("customers", "vehicles", "visits"):
        address = quote(name.encode("utf-8", "surrogatepass"), safe="")
        assert caller.call("PUT", f"{kind}/{address}", text).status_code < 500


@tried
@given(file=st.integers() | st.text(max_size=20), query=st.text(max_size=20))
def test_no_number_of_a_file_and_no_page_breaks_reading(dealer, file, query):
    number = next(iter(Case.objects.values_list("number", flat=True)), "") or at_stage("receiving").number
    address = quote(str(file).encode("utf-8", "surrogatepass"), safe="")
    for path in (f"cases/{number}/evidence/{address}", f"cases/{number}/clocks?{quote(query)}"):
        assert Program().get(path).status_code < 500
