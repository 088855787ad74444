"""What a pack says of tables brought in from elsewhere: who may, how their columns and codes are called there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wenguo.policy.row import Place

KINDS = ("complaints", "customers", "vehicles", "visits", "staff")
BRANCH, NUMBER = "branch", "number"  # columns that no form asks for: of every kind, and of complaints
# The forms whose fields are the columns of a kind. Those of complaints are the form of the step that takes them over.
FORMS = {"customers": ("customer",), "vehicles": ("vehicle", "reading"), "visits": ("visit",), "staff": ("staff",)}
ALSO = {"visits": ("vehicle", ("plate", "vin"))}  # further columns: of which form, and which


@dataclass(frozen=True)
class Imports:
    """`by`: roles that may, by kind. `takes_over`: the opening step of complaints that came about elsewhere.

    A complaint of which nobody says that it is still open is history once it is `history_days` old. `titles`: further
    names of columns by kind and field, `words`: of codes by list and code."""

    by: Mapping[str, tuple[str, ...]]
    takes_over: str
    history_days: int
    closed: tuple[str, ...]
    open: tuple[str, ...]
    titles: Mapping[str, Mapping[str, tuple[str, ...]]]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    place: Place = field(compare=False)


def column_keys(kind: str, complaint: str, fields: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns of a kind, where `fields` are those of each form and `complaint` is the form of complaints."""
    forms = (complaint,) if kind == "complaints" else FORMS.get(kind, ())
    keys = [key for form in forms for key in fields.get(form, ())]
    form, more = ALSO.get(kind, ("", ()))
    return [*([NUMBER] if kind == "complaints" else []), BRANCH, *keys, *(key for key in more if form in fields)]
