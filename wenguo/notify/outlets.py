"""Outlets: adding, changing and trying them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from wenguo.notify import sms, webhook
from wenguo.notify.call import Answer
from wenguo.notify.failures import WORDS, Failed
from wenguo.notify.guard import parsed, place_of
from wenguo.notify.lockbox import Unreadable, lock, unlock
from wenguo.notify.models import Outlet
from wenguo.notify.robots import ROBOTS
from wenguo.people.amend import amend
from wenguo.people.editing import edit
from wenguo.people.logs import noted
from wenguo.people.models import Branch
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong

SMS, WEBHOOK = "sms", "webhook"
KINDS = {
    "wecom": gettext_noop("WeCom group robot"),
    "dingtalk": gettext_noop("DingTalk group robot"),
    "feishu": gettext_noop("Feishu group robot"),
    WEBHOOK: gettext_noop("Signed webhook"),
    SMS: gettext_noop("Gateway for text messages"),
}
LEAST_SECRET = 16  # signs of a webhook's secret


def add_outlet(branch: Branch, given: dict[str, Any], by: str, now: datetime) -> Outlet:
    """A new outlet; `given`: kind, name, address, secret, wants, language. Raises Wrong."""
    return _noted(amend(Outlet(), by, {"branch": branch, **_fields(given["kind"], given, fresh=True)}, "", now), by)


def change_outlet(
    outlet: Outlet, given: dict[str, Any], by: str, reason: str, seen: int | None, now: datetime
) -> Outlet:
    """Changes what is given; an empty address or secret stays as it is. Raises Wrong and Overtaken."""
    return _noted(edit(outlet, by, _fields(outlet.kind, given, fresh=False), reason, seen, now), by)


def _noted(outlet: Outlet, by: str) -> Outlet:
    """A security line once it is committed: something leaves the house another way by now."""
    about = {"actor": by, "thing": "outlet", "thing_id": outlet.pk}
    transaction.on_commit(lambda: noted("outlet_changed", **about), robust=True)
    return outlet


def _fields(kind: str, given: dict[str, Any], fresh: bool) -> dict[str, Any]:
    """Columns as they are stored: address and secret encrypted, the host in clear."""
    address, secret = (str(given.get(key) or "").strip() for key in ("address", "secret"))
    problems = {}
    if (unfit := _unfit(address)) and (address or fresh):
        problems["address"] = unfit
    if secret and not (secret.isascii() and secret.isprintable() and len(secret) <= 200):
        problems["secret"] = Problem(gettext_noop("A secret is made of letters, digits and signs of the keyboard."))
    elif kind == WEBHOOK and (secret or fresh) and len(secret) < LEAST_SECRET:
        problems["secret"] = Problem("Please choose at least %(least)s signs.", least=LEAST_SECRET)
    if problems:
        raise Wrong(problems)
    kept = {key: value for key, value in given.items() if key not in ("address", "secret") and value is not None}
    if address:
        kept |= {"address": lock(address), "host": parsed(address).netloc[:260]}
    return kept | ({"secret": lock(secret)} if secret else {})


def _unfit(address: str) -> Problem | None:
    """Why nothing may be sent there; a name that can't be resolved just now is no reason."""
    try:
        place_of(address)
    except Failed as failed:
        return None if failed.code == "name" else Problem(WORDS[failed.code])
    return None


def opened(outlet: Outlet) -> tuple[str, str]:
    """Its address and secret. Raises Failed."""
    try:
        return unlock(outlet.address), unlock(outlet.secret)
    except Unreadable as slip:
        raise Failed("locked") from slip


def try_out(outlet: Outlet, text: str, id: str, now: datetime, mobile: str = "") -> Answer:
    """Sends `text` as a test; through a gateway for text messages to `mobile`. Raises Failed."""
    address, secret = opened(outlet)
    if outlet.kind in ROBOTS:
        return ROBOTS[outlet.kind].send(address, secret, text, id)
    if outlet.kind == SMS:
        return sms.send(address, secret, mobile, text, id)
    return webhook.send(address, secret, {"id": id, "test": True, "text": text, "at": now.isoformat()}, id)
