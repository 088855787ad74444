"""The past of the sample is filled in behind the web server, by a process of its own that then runs the loops.

Nothing of Django is imported before fill_behind() runs: where processes aren't forked, it has to be set up first.
"""

import logging
import os
import signal


def fill_behind() -> None:
    """The rest of the sample, then the loops until the server ends: its worker has none, for they would tell today
    that what was promised in the sample's past is overdue."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # the server's own would only note them
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenguo.settings")
    import django

    django.setup()
    from wenguo.jobs.demo import go_on
    from wenguo.jobs.loops import run_here
    from wenguo.jobs.server import end_with_parent

    end_with_parent()
    try:
        go_on(_say)
        _say("样例数据已备齐 · the sample is complete")
    except Exception:
        # A sample that lacks its past is still one to look at, and its clocks must run.
        logging.getLogger(__name__).exception("the sample could not be filled")
    run_here()


def _say(line: str) -> None:
    print(line, flush=True)
