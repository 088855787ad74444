"""How fast one caller may ask: a bucket that fills by itself, so that one program in a loop doesn't starve the others.

Each web process keeps its own buckets, so with several the limit is so many times as high (docs/decisions/0017).
"""

import threading
import time
from collections import OrderedDict

from django.conf import settings

from wenguo.api.replies import TooFast

BURST = 30  # seconds' worth of requests that may come at once
MOST = 1_000  # callers that are remembered; whoever was quiet for longest is forgotten first, and so starts full

_lock = threading.Lock()
_buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # by caller: what is left in it, and when


def take(caller: str, rate: float | None = None) -> None:
    """Takes one request out of the bucket of this caller: the SHA-256 of a token, or an address whose token is unknown.

    `rate`: requests a second (API_RATE unless told); 0 or less: as many as they like. Raises TooFast where it is empty.
    """
    rate = settings.API_RATE if rate is None else rate
    if rate <= 0:
        return
    now = time.monotonic()
    with _lock:
        left, since = _buckets.pop(caller, (BURST * rate, now))
        left = min(BURST * rate, left + (now - since) * rate)
        _buckets[caller] = (left - 1 if left >= 1 else left, now)
        while len(_buckets) > MOST:
            _buckets.popitem(last=False)
    if left < 1:
        raise TooFast((1 - left) / rate)
