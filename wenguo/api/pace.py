"""How fast one token may call: a bucket that fills by itself, so that one program in a loop doesn't starve the others.

Each web process keeps its own buckets: with several the limit is so many times as high.
"""

import threading
import time
from collections import OrderedDict

from django.conf import settings

from wenguo.api.replies import TooFast

BURST = 30  # seconds' worth of requests that may come at once
MOST = 1_000  # tokens that are remembered; whoever was quiet for longest is forgotten first, and so starts full

_lock = threading.Lock()
_buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # by token: what is left in it, and when


def take(digest: str) -> None:
    """Takes one request out of the bucket of the token with this digest. Raises TooFast where it is empty."""
    rate = settings.API_RATE
    if rate <= 0:
        return
    now = time.monotonic()
    with _lock:
        left, since = _buckets.pop(digest, (BURST * rate, now))
        left = min(BURST * rate, left + (now - since) * rate)
        _buckets[digest] = (left - 1 if left >= 1 else left, now)
        while len(_buckets) > MOST:
            _buckets.popitem(last=False)
    if left < 1:
        raise TooFast((1 - left) / rate)
