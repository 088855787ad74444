"""告: how a Notice leaves the house; never who is told, or whether."""

from collections.abc import Callable

from wenguo.cases.models import Notice

# Carries one notice out, or raises when it couldn't. It may be called again for the same notice after a crash, so
# whatever it sends bears Notice.id, by which the receiver knows a repeat.
Deliver = Callable[[Notice], None]


def ring(notice: Notice) -> None:
    """The bell in the pages: nothing has to be carried, the notice is there when its reader looks."""


CHANNELS: dict[str, Deliver] = {"bell": ring}
