"""A process that sends what waits until it is killed: `python -m tests.jobs.sending_process`. Claims end soon, so that
a drill of hundreds of kills doesn't wait two minutes after each."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any


def noted_early(delivering: Any) -> Callable[..., None]:
    """A fault, planted so that the drill can be seen to find it: notes a message as sent before it carries it."""

    def carried(receiver: Any, rows: list[Any], clock: Callable[[], Any]) -> None:
        delivering.of(receiver, rows).update(sent_at=clock())
        time.sleep(0.1)
        delivering.carry(receiver, rows)

    return carried


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenguo.settings")
    import django

    django.setup()
    from wenguo.jobs import deliver as delivering
    from wenguo.jobs.deliver import deliver
    from wenguo.jobs.send import send
    from wenguo.notify import parcels

    if os.environ.get("WENGUO_SENDING_FAULT") == "early":
        delivering._carried = noted_early(delivering)
    parcels.CLAIM = timedelta(seconds=1)
    parcels.HANDFUL = 1_000_000  # each by itself: the most messages that can be cut in the middle
    delivering.SOONEST = timedelta(seconds=0.2)
    while True:
        send()
        deliver()
        time.sleep(0.02)


if __name__ == "__main__":
    main()
