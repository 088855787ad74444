"""One POST to an address that the guard has judged: no redirects, no proxies, and an end to everything."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from wenguo.notify.failures import Failed
from wenguo.notify.guard import Place, place_of

CONNECT, READ, TOTAL = 5.0, 8.0, 10.0  # seconds: to connect, between two bytes, and for all of it
LONGEST = 64 * 1024  # bytes of an answer that are read
SHOWN = 300  # signs of it that whoever sends a test sees


class Answer(NamedTuple):
    status: int
    body: bytes

    @property
    def told(self) -> str:
        """The beginning of it."""
        return self.body[: 4 * SHOWN].decode("utf-8", "replace")[:SHOWN]


def post(address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends `body` as JSON. Raises Failed, also for every answer that isn't 2xx."""
    place = place_of(address)
    connection = Pinned(place)
    clock = threading.Timer(TOTAL, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        answer = connection.ask(body, headers)
    except ssl.SSLError as slip:
        raise Failed("timeout" if connection.was_cut else "tls") from slip
    except TimeoutError as slip:
        raise Failed("timeout") from slip
    except (OSError, ValueError, http.client.HTTPException) as slip:
        raise Failed("timeout" if connection.was_cut else "connection") from slip
    finally:
        clock.cancel()
        connection.close()
    if connection.was_cut:  # what came until then may look like a whole answer
        raise Failed("timeout")
    if 300 <= answer.status < 400:
        raise Failed("redirect")
    if not 200 <= answer.status < 300:
        raise Failed(f"status {answer.status}", told=answer.told)
    return answer


class Pinned(http.client.HTTPConnection):
    """A connection to the address that was judged, whatever the name leads to by now."""

    def __init__(self, place: Place):
        super().__init__(place.host, place.port)
        self.place, self.was_cut = place, False

    def connect(self) -> None:
        self.sock = socket.create_connection((self.place.ip, self.place.port), CONNECT)
        self.sock.settimeout(READ)
        if self.place.tls:
            # The handshake comes after the socket is known to cut(): it can be drawn out as well.
            self.sock = _trust().wrap_socket(
                self.sock, server_hostname=self.place.host, do_handshake_on_connect=False
            )  # fmt: skip
            self.sock.do_handshake()

    def ask(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        ours = {"Host": self.place.netloc, "User-Agent": "wenguo", "Connection": "close"}
        self.request("POST", self.place.path, body, {"Content-Type": "application/json", **headers, **ours})
        reply = self.getresponse()
        return Answer(reply.status, reply.read(LONGEST))

    def cut(self) -> None:
        """Ends it from another thread: a receiver that sends a byte now and then would hold us for ever."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):  # it ended by itself
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


@cache
def _trust() -> ssl.SSLContext:
    """The machine's certificates; SSL_CERT_FILE adds the house's own."""
    return ssl.create_default_context()
