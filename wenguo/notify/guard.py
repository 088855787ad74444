"""Where an outlet may lie: outside the house, or where the administrator of the machine allows it.

A page that sends to an address of somebody's choosing is a way into the network behind it. So the name is resolved
here, every address it has is judged, and the connection goes to the very address that was judged (call.py): a name that
changes between the two questions leads nowhere.
"""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from wenguo.notify.failures import Failed

PORTS = {80, 443, 8080, 8443}  # anything else that listens outside is no receiver of messages
Address = IPv4Address | IPv6Address
# Public addresses behind which private ones may stand, and the one at which a big cloud answers its own machines.
SHUT = tuple(
    map(ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "fec0::/10", "168.63.129.16/32"))
)


class Place(NamedTuple):
    """Whom to call: `ip` is where the connection goes, `netloc` what the request calls it. `path` with its query."""

    ip: str
    port: int
    host: str
    netloc: str
    path: str
    tls: bool


def place_of(address: str) -> Place:
    """Where the request goes. Raises Failed: address, port, name, inside."""
    parts = parsed(address)
    host, tls = str(parts.hostname).rstrip("."), parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    found = list(_resolved(host, port))
    named = host in settings.OUTLETS_INSIDE
    if not named and not all(_outside(one) or _allowed(one) for one in found):
        raise Failed("inside")
    if port not in PORTS and not named and not all(map(_allowed, found)):
        raise Failed("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(str(found[0]), port, host, parts.netloc, path, tls)


def parsed(address: str) -> SplitResult:
    """The parts of an address that could be one of ours. Raises Failed("address")."""
    try:
        parts = urlsplit(address)
        port_is_one = parts.port != 0
    except ValueError as slip:
        raise Failed("address") from slip
    plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    whole = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and "%" not in parts.netloc
    if not (plain and whole and port_is_one):
        raise Failed("address")
    return parts


def _resolved(host: str, port: int) -> Iterator[Address]:
    """Every address of the host, IPv4 first. Other spellings of a number (2130706433, 0x7f.1) become plain here."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as slip:
        raise Failed("name") from slip
    for _, _, _, _, place in sorted(found, key=lambda one: one[0] != socket.AF_INET):
        yield ip_address(str(place[0]).partition("%")[0])


def _outside(ip: Address) -> bool:
    """Whether it lies in the public internet, and no private address hides in it."""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not any(ip in one for one in SHUT)


def _allowed(ip: Address) -> bool:
    """Whether WENGUO_OUTLETS_INSIDE names its network."""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in _networks())


def _networks() -> Iterator:
    for one in settings.OUTLETS_INSIDE:
        try:
            yield ip_network(one, strict=False)
        except ValueError:
            continue  # a host name
