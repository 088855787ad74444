"""Why a message didn't get through, in a code that is kept and shown. Never holds an address, a name or a secret."""

from django.utils.translation import gettext, gettext_noop


class Failed(Exception):
    """`code`: one of WORDS, or one of its first words with a number behind it ("status 502").

    `whole`: everything else for this receiver would fail as well. `final`: another try wouldn't help. `told`: the
    beginning of what the receiver answered; for whoever presses "send a test", never kept.
    """

    def __init__(self, code: str, *, whole: bool = True, final: bool = False, told: str = ""):
        super().__init__(code)
        self.code, self.whole, self.final, self.told = code, whole, final, told


WORDS = {
    "address": gettext_noop("The address can't be used"),
    "inside": gettext_noop("The address lies inside the house and isn't allowed"),
    "port": gettext_noop("The port isn't allowed"),
    "name": gettext_noop("The host name can't be resolved"),
    "timeout": gettext_noop("No answer in time"),
    "connection": gettext_noop("No connection"),
    "tls": gettext_noop("The certificate can't be trusted"),
    "redirect": gettext_noop("The receiver wants us elsewhere; redirects aren't followed"),
    "status": gettext_noop("The receiver answered with an error"),
    "answer": gettext_noop("The robot refused it"),
    "smtp": gettext_noop("The mail server refused it"),
    "nobody": gettext_noop("Nobody is there any more"),
    "gateway": gettext_noop("There is no gateway for text messages"),
    "off": gettext_noop("The outlet was switched off"),
    "locked": gettext_noop("Address and secret were stored under another key; please enter them anew"),
    "error": gettext_noop("It failed in the program; the log says where"),
}


def words(code: str) -> str:
    """The failure in the reader's language, with the number that came with it."""
    kind, _, number = code.partition(" ")
    told = gettext(WORDS[kind]) if kind in WORDS else code
    return f"{told} ({number})" if number else told
