"""What may be wrong with what leaves the house: for `wenguo doctor`."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from wenguo.cases.ailments import START
from wenguo.cases.models import WAITING, Notice
from wenguo.notify.failures import Failed
from wenguo.notify.models import Outlet, Posting
from wenguo.notify.outlets import opened
from wenguo.people.ailments import Ailment

LATE = timedelta(minutes=30)
PAGE = "看“设置 > 通知出口”里未送达的,修好后重发 · see Settings > Outlets, mend the cause, send them again"


def undelivered(now: datetime) -> Iterator[Ailment]:
    """Notices and postings that were given up, or that should have gone long ago."""
    for label, word, rows in (("通知", "notices", Notice.objects), ("出口消息", "postings", Posting.objects)):
        if count := rows.filter(given_up_at__isnull=False).count():
            yield Ailment(f"{count} 条{label}多次未送达,已放弃 · {count} {word} couldn't be delivered", PAGE)
    if count := Posting.objects.filter(WAITING, next_try_at__lt=now - LATE).count():
        yield Ailment(f"{count} 条出口消息等得太久 · {count} postings have waited too long", START)


def locked(now: datetime) -> Iterator[Ailment]:
    """Outlets whose address was stored under another WENGUO_SECRET_KEY."""
    for outlet in Outlet.objects.filter(on=True).order_by("id"):
        try:
            opened(outlet)
        except Failed:
            yield Ailment(
                f"通知出口 {outlet.pk} 的地址无法解密 · the address of outlet {outlet.pk} can't be decrypted",
                "密钥换过:请重新填写地址和密钥 · the key was changed: enter address and secret anew",
            )
