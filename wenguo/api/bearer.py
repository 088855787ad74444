"""Who calls: the staff member whose token came along."""

import hashlib

from django.http import HttpRequest
from ninja.security import HttpBearer

from wenguo.people.actors import Actor, actor_of
from wenguo.people.businessclock import now
from wenguo.people.models import Token


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`. Only the token's SHA-256 is known here."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        digest = hashlib.sha256(token.encode()).hexdigest()
        found = Token.objects.select_related("staff").filter(
            digest=digest, ended_at=None, staff__is_active=True
        ).first()  # fmt: skip
        return actor_of(found.staff, now(), channel="api") if found else None
