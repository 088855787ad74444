"""Who calls: the staff member whose token came along."""

import hashlib

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from ninja.security import HttpBearer

from wenguo.api import pace
from wenguo.people.actors import Actor, actor_of
from wenguo.people.addresses import address_of
from wenguo.people.businessclock import now
from wenguo.people.models import Staff

# Asked on every request, and thirty times as fast as through the ORM.
HOLDER = """
SELECT staff.id, staff.name FROM people_token token JOIN people_staff staff ON staff.id = token.staff_id
WHERE token.digest = %s AND token.ended_at IS NULL AND staff.is_active
"""


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`. Only the token's SHA-256 is known here.

    A token that is known is asked for before the address: whoever guesses beside others holds up nobody but themselves.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        digest = hashlib.sha256(token.encode()).hexdigest()
        with connection.cursor() as cursor:
            cursor.execute(HOLDER, [digest])
            found = cursor.fetchone()
        if not found:
            pace.take(address_of(request), settings.API_STRANGERS)
            return None
        pace.take(digest)
        return actor_of(Staff(pk=found[0], name=found[1]), now(), channel="api")
