"""Where a request really came from: for pages and API alike."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Where the request came from: X-Forwarded-For counts only as far as our own proxies wrote it.

    An IPv6 household has a whole /64, so that is its address here.
    """
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    address = request.META.get("REMOTE_ADDR", "")
    while address in settings.TRUSTED_PROXIES and hops and (hop := hops.pop().strip()):
        address = hop
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
