"""A process that sends what waits until it is killed: `python -m tests.jobs.sending_process`. Claims end soon, so that
a drill of hundreds of kills doesn't wait two minutes after each."""

import os
import time
from datetime import timedelta


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenguo.settings")
    import django

    django.setup()
    from wenguo.jobs import deliver as delivering
    from wenguo.jobs.deliver import deliver
    from wenguo.jobs.send import send
    from wenguo.notify import parcels

    parcels.CLAIM = timedelta(seconds=1)
    parcels.HANDFUL = 1_000_000  # each by itself: the most messages that can be cut in the middle
    delivering.SOONEST = timedelta(seconds=0.2)
    while True:
        send()
        deliver()
        time.sleep(0.02)


if __name__ == "__main__":
    main()
