"""What time it is: the one place that asks. Below web and jobs `now` is always an argument."""

import os
import time
from datetime import UTC, datetime, timedelta


def _start() -> datetime | None:
    given = os.environ.get("WENGUO_NOW", "")
    if not given or os.environ.get("WENGUO_TEST") != "1":
        return None
    moment = datetime.fromisoformat(given)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# Read once, so that the given time goes on at the pace of the real one.
_STARTED, _AT = _start(), time.monotonic()


def now() -> datetime:
    """The moment, in UTC. With WENGUO_TEST=1 and WENGUO_NOW (ISO, UTC unless it says) it runs on from that time."""
    if _STARTED is None:
        return datetime.now(UTC)
    return (_STARTED + timedelta(seconds=time.monotonic() - _AT)).astimezone(UTC)
