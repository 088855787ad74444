"""Who a session belongs to: Django's sessions and sign-in, with the two questions of every page asked by plain SQL."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from wenguo.people.models import Staff
from wenguo.people.rows import first


class SessionStore(db.SessionStore):
    """Sessions in the database, so that signing out ends them for good."""

    def _get_session_from_db(self) -> Session | None:
        found = first(Session, "WHERE session_key = %s AND expire_date > %s", self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found


class Backend(ModelBackend):
    """Staff by name and password; nobody who has left."""

    def get_user(self, user_id: Any) -> Staff | None:
        return first(Staff, "WHERE id = %s AND is_active", user_id)
