"""Why the door says no. One set of refusals for page, API, import and command line: each only translates them."""

from typing import Any

from django.utils.translation import gettext_noop

from wenguo.policy.fields import Problem


class Refusal(Exception):
    """A change that was not made. `message` is a translatable sentence (English msgid), `fill` its values."""

    status = 400
    code = "refused"

    def __init__(self, message: str, fields: dict[str, Problem] | None = None, **fill: Any):
        super().__init__(message)
        self.message, self.fill, self.fields = message, fill, fields or {}


class NotFound(Refusal):
    """Nothing of that name within this person's sight; says the same whether or not it exists elsewhere."""

    status, code = 404, "not_found"

    def __init__(self) -> None:
        super().__init__(gettext_noop("There is no such case."))


class NotAllowed(Refusal):
    """The person's roles and relations don't allow the step, or the recusal rule shuts them out."""

    status, code = 403, "not_allowed"


class WrongStage(Refusal):
    """The case stands elsewhere by now."""

    status, code = 409, "wrong_stage"


class Missing(Refusal):
    """Facts that the step needs don't hold yet; `missing` names them."""

    status, code = 409, "missing"

    def __init__(self, missing: tuple[str, ...], message: str, **fill: Any):
        super().__init__(message, **fill)
        self.missing = missing


class Stale(Refusal):
    """Somebody changed the same things meanwhile: `theirs` holds what stands now, by field of the form."""

    status, code = 412, "stale"

    def __init__(self, theirs: dict[str, Any], since: list[Any]):
        super().__init__(
            gettext_noop("Somebody changed this case while you were typing. Please compare and send again.")
        )
        self.theirs, self.since = theirs, since


class Invalid(Refusal):
    """Fields that can't be taken; each with its problem."""

    status, code = 422, "invalid"

    def __init__(self, fields: dict[str, Problem]):
        super().__init__(gettext_noop("Please check the marked fields."), fields)


class KeyReused(Refusal):
    """The idempotency key was used before for something else."""

    status, code = 422, "key_reused"

    def __init__(self) -> None:
        super().__init__(gettext_noop("This Idempotency-Key was used before for another request."))


class NothingDue(Refusal):
    """The clock rang for something that is no longer due."""

    status, code = 409, "nothing_due"
