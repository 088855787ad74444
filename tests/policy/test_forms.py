"""A form as a whole: what must be filled in, when, and what is wrong with each field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.asking import ASKING, a_field, a_form, refusal
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.load import default_pack

EMPTY = "Please fill this in."


def test_a_field_that_nobody_filled_in_is_none():
    assert clean(a_form(a_field("text"), a_field("money", "y")), {"x": "a"}, ASKING) == {"x": "a", "y": None}


@pytest.mark.parametrize("given_", [{}, {"x": ""}, {"x": None}, {"x": "   "}])
def test_a_required_field_must_be_filled_in(given_):
    assert refusal(a_form(a_field("text", required=True)), given_) == {"x": EMPTY}


def test_no_is_an_answer_and_zero_is_an_amount():
    form = a_form(a_field("yes_no", required=True), a_field("money", "y", required=True))
    assert clean(form, {"x": False, "y": 0}, ASKING) == {"x": False, "y": 0}


def test_every_problem_is_told_at_once():
    form = a_form(a_field("text", required=True), a_field("money", "y"), a_field("vin", "z"))
    assert refusal(form, {"y": "much", "z": "short"}).keys() == {"x", "y", "z"}


def test_a_field_that_the_form_does_not_have_is_refused():
    assert refusal(a_form(a_field("text")), {"x": "a", "stage": "closed"}) == {"stage": "There is no such field here."}


def test_a_field_is_required_if_another_says_so():
    form = a_form(a_field("choice"), a_field("text", "why", required_if={"x": ("red", "blue")}))
    assert refusal(form, {"x": "red"}) == {"why": EMPTY}
    assert refusal(form, {"x": "green"}) == {}
    assert refusal(form, {"x": "red", "why": "so"}) == {}


def test_a_field_is_required_if_one_of_several_choices_says_so():
    form = a_form(a_field("choices"), a_field("text", "why", required_if={"x": ("red",)}))
    assert refusal(form, {"x": ["green", "red"]}) == {"why": EMPTY}
    assert refusal(form, {"x": ["green"]}) == {}


def test_no_answer_counts_as_no():
    form = a_form(a_field("yes_no"), a_field("text", "why", required_if={"x": (False,)}))
    assert refusal(form, {}) == {"why": EMPTY}


def test_all_conditions_must_hold():
    form = a_form(
        a_field("choice"), a_field("yes_no", "y"), a_field("text", "why", required_if={"x": ("red",), "y": (True,)})
    )
    assert refusal(form, {"x": "red"}) == {}
    assert refusal(form, {"x": "red", "y": "on"}) == {"why": EMPTY}


def test_a_field_may_be_empty_only_where_another_is_given():
    form = a_form(a_field("phone", required_unless="reason"), a_field("text", "reason"))
    assert refusal(form, {}) == {"x": "Please give this, or say why there is none."}
    assert refusal(form, {"reason": "匿名"}) == {}
    assert refusal(form, {"x": "13900001027"}) == {}


def test_a_phone_number_with_a_slip_is_named_once():
    form = a_form(a_field("phone", required_unless="reason"), a_field("text", "reason"))
    assert refusal(form, {"x": "139"}).keys() == {"x"}


def asked_if_on(**more):
    return a_form(a_field("yes_no"), a_field("text", "how", asked_if={"x": (True,)}, **more))


def test_a_field_that_is_not_asked_is_neither_required_nor_kept():
    form = asked_if_on(required=True)
    assert clean(form, {"x": False}, ASKING)["how"] is None
    assert clean(form, {"x": False, "how": "left over"}, ASKING)["how"] is None


def test_a_field_that_is_not_asked_is_not_found_fault_with():
    assert refusal(asked_if_on(), {"x": False, "how": "a\x00b"}) == {}


def test_a_field_that_is_asked_is_required_as_ever():
    assert refusal(asked_if_on(required=True), {"x": True}) == {"how": EMPTY}
    assert clean(asked_if_on(required=True), {"x": True, "how": "so"}, ASKING)["how"] == "so"


def test_a_field_that_is_not_asked_does_not_make_another_required():
    form = a_form(
        a_field("text", "why", required_if={"how": ("red",)}),
        a_field("yes_no"),
        a_field("choice", "how", asked_if={"x": (True,)}),
    )
    assert refusal(form, {"x": False, "how": "red"}) == {}
    assert refusal(form, {"x": True, "how": "red"}) == {"why": EMPTY}


def a_correction():
    return a_form(
        a_field("text", "reason", required=True),
        a_field("text", "content", required=True, fact=True),
        a_field("mileage", "mileage_km", fact=True),
        prefill=True,
    )


def test_in_a_form_that_shows_what_stands_only_what_is_sent_changes():
    assert clean(a_correction(), {"reason": "typo", "mileage_km": 7}, ASKING) == {"reason": "typo", "mileage_km": 7}


def test_in_a_form_that_shows_what_stands_an_emptied_field_is_emptied():
    assert clean(a_correction(), {"reason": "typo", "mileage_km": ""}, ASKING)["mileage_km"] is None


def test_in_a_form_that_shows_what_stands_a_required_field_cannot_be_emptied():
    assert refusal(a_correction(), {"reason": "typo", "content": " "}) == {"content": EMPTY}


def test_in_a_form_that_shows_what_stands_a_reason_must_be_given_each_time():
    assert refusal(a_correction(), {"mileage_km": 7}) == {"reason": EMPTY}


def test_the_intake_of_the_pack_asks_for_the_words_and_a_way_to_reach_the_customer():
    intake = default_pack().forms["intake"]
    assert refusal(intake, {}) == {"content": EMPTY, "phone": "Please give this, or say why there is none."}
    assert refusal(intake, {"content": "刹车异响", "phone": "１３９００００１０２７"}) == {}
    assert refusal(intake, {"content": "刹车异响", "no_contact_reason": "匿名来信"}) == {}


junk = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)


@pytest.mark.parametrize("name", sorted(default_pack().forms))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_is_sent_to_a_form_is_taken_or_refused_field_by_field(name: str, data):
    form = default_pack().forms[name]
    keys = st.sampled_from([field.key for field in form.fields] + ["stage"])
    raw = data.draw(st.dictionaries(keys, junk))
    try:
        values = clean(form, raw, ASKING)
    except Wrong as wrong:
        assert wrong.problems
        assert set(wrong.problems) <= {field.key for field in form.fields} | set(raw)
    else:
        assert set(values) <= {field.key for field in form.fields}
