"""What `check` asks of the forms of a pack."""

from collections.abc import Iterator
from typing import Any

from wenguo.policy.fields import KINDS
from wenguo.policy.pack import COLUMNS, Field, Form, Pack
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import Vocabulary, unknown


def form_faults(pack: Pack, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Everything wrong in the forms, each by itself and side by side."""
    for form in pack.forms.values():
        yield from _groups(form)
        for field in form.fields:
            yield from unknown(field.roles, pack.roles, "role", field.place.of("roles"))
            yield from _kept(field, vocabulary)
            yield from _default(field)
            yield from _conditions(form, field)
    yield from _same_facts(pack)


def _groups(form: Form) -> Iterator[Fault]:
    """Where a form has groups, every field stands in one, and none is empty."""
    names = [group.key for group in form.groups]
    for field in form.fields:
        if field.group or names:
            yield from unknown([field.group], names, "group", field.place.of("group"))
    for group in form.groups:
        if not any(field.group == group.key for field in form.fields):
            yield Fault(group.place, f"no field stands in the group '{group.key}'")


def _kept(field: Field, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Whether the value can be kept where the pack wants it."""
    kind, fact = field.place.of("kind"), field.place.of("fact")
    if field.key in COLUMNS and field.kind != "choice":
        yield Fault(kind, f"'{field.key}' is a column of codes: its kind must be choice, not {field.kind}")
    if field.key == "happened_at" and (field.kind != "moment" or field.future):
        yield Fault(kind, "'happened_at' says when the act happened: it must be a moment of the past")
    if field.fact and field.key in COLUMNS:
        yield Fault(fact, f"'{field.key}' is a column of codes, so it can't be a fact too")
    elif field.fact and field.key in vocabulary.facts:
        yield Fault(fact, f"the fact '{field.key}' is answered by code, so no form can ask for it")
    if field.fact and field.kind == "file":
        yield Fault(fact, f"'{field.key}' is a file: files are evidence, never facts")
    if field.per_round and not field.fact:
        yield Fault(field.place.of("per_round"), f"'{field.key}' is no fact, so a new round can't forget it")


def _default(field: Field) -> Iterator[Fault]:
    place, default = field.place.of("default"), field.default
    if default == "" and isinstance(default, str):
        return
    if field.kind == "amounts":
        yield Fault(place, f"'{field.key}' can't have a default: nothing is given away unless somebody says so")
    elif KINDS[field.kind].coded:
        yield from unknown([str(default)], field.options, f"code of '{field.codes}'", place)
    elif (field.kind == "yes_no") != isinstance(default, bool):
        yield Fault(place, f"the default of '{field.key}' doesn't fit its kind, {field.kind}")


def _conditions(form: Form, field: Field) -> Iterator[Fault]:
    for name in ("required_if", "asked_if"):
        for key, values in getattr(field, name).items():
            yield from _condition(form, field, name, key, values)
    if field.required_unless:
        yield from _known(form, field, "required_unless", field.required_unless)


def _condition(form: Form, field: Field, name: str, key: str, values: tuple[Any, ...]) -> Iterator[Fault]:
    """Whether the field `key`, on whose values `field` depends, exists and can have them."""
    yield from _known(form, field, name, key)
    place, other = field.place.of(name), form.field(key)
    if other and other.kind == "amounts":
        yield Fault(place, f"nothing can depend on '{key}': these are amounts")
    elif other and KINDS[other.kind].coded:
        yield from unknown(map(str, values), other.options, f"code of '{other.codes}'", place)
    elif other and other.kind == "yes_no" and not all(isinstance(value, bool) for value in values):
        yield Fault(place, f"'{key}' is answered by true or false")


def _known(form: Form, field: Field, name: str, key: str) -> Iterator[Fault]:
    if key == field.key:
        yield Fault(field.place.of(name), f"'{key}' can't depend on itself")
    yield from unknown([key], (one.key for one in form.fields), "field", field.place.of(name))


def _same_facts(pack: Pack) -> Iterator[Fault]:
    """The case keeps one value for a fact, whichever form asks for it."""
    first: dict[str, Field] = {}
    for form in pack.forms.values():
        for field in form.fields:
            before = first.setdefault(field.key, field) if field.fact else field
            for key in ("kind", "codes"):
                mine, theirs = getattr(field, key), getattr(before, key)
                if mine != theirs:
                    message = (
                        f"the fact '{field.key}' has {key} '{mine}' here, but '{theirs}' at {before.place.of(key)}"
                    )
                    yield Fault(field.place.of(key), message)
                    break
