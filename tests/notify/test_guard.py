"""Outlets can't be used to look into the house: every spelling of an inner address is refused, and nobody called."""

import socket
from typing import Any

import pytest
from django.conf import settings

from tests.notify.sinks import Sink, replies
from wenguo.notify.call import post
from wenguo.notify.failures import Failed
from wenguo.notify.guard import place_of

LOOPBACK = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost", "localhost.",
    "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "0.0.0.0", "0", "[::]",
]  # fmt: skip
INNER = [
    "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.100.100.200", "100.64.0.1", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[fec0::1]",
    "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[2001::1]", "168.63.129.16", "240.0.0.1",
]  # fmt: skip


def refusal(address: str) -> str:
    with pytest.raises(Failed) as caught:
        place_of(address)
    return caught.value.code


@pytest.mark.parametrize("host", LOOPBACK + INNER)
def test_an_inner_address_is_refused_however_it_is_written(host):
    assert refusal(f"http://{host}/") == "inside"


@pytest.mark.parametrize(
    "address",
    ["ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:25/", "//example.com/", "example.com", "",
     "http://", "http:///x", "http://user@example.com/", "http://a:b@example.com/", "http://example.com@127.0.0.1/",
     "http://exa mple.com/", "http://example.com/\r\nX: y", "http://例子.com/", "http://example.com:0/",
     "http://example.com:99999/", "http://example.com:x/", "http://[fe80::1%25eth0]/", "http://[::1",
     "http:\\\\example.com"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(address):
    assert refusal(address) == "address"


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 9200, 11211])
def test_ports_at_which_no_receiver_listens_are_refused(port):
    assert refusal(f"http://93.184.216.34:{port}/") == "port"


@pytest.mark.parametrize(
    "address", ["http://93.184.216.34/", "https://93.184.216.34:8443/a?b=c", "http://[2606:2800::1]/"]
)
def test_a_public_address_is_taken(address):
    assert place_of(address).ip in ("93.184.216.34", "2606:2800::1")


def names(monkeypatch, *answers: list[str]) -> list[str]:
    """A resolver whose answers change from question to question; returns the names that it was asked for."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def resolve(host: str, port: int, *more: Any, **named: Any) -> list[tuple]:
        if host[0].isdigit():
            return really(host, port, *more, **named)
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_that_leads_inside_is_refused_even_where_it_leads_outside_as_well(monkeypatch):
    names(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    assert refusal("https://two.example/") == "inside"


def test_a_name_nobody_knows_is_told(monkeypatch):
    def nobody(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert refusal("https://no.example/") == "name"


def test_a_name_that_changes_after_it_was_judged_leads_nowhere_else(monkeypatch, sink):
    """Rebinding: the first answer is allowed, every later one would be another machine."""
    asked, called, connect = names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"]), [], socket.socket.connect

    def noting(self: socket.socket, to: tuple) -> None:
        called.append(to[0])
        connect(self, to)

    monkeypatch.setattr(socket.socket, "connect", noting)
    post(f"http://rebinding.example:{sink.port}/", b"{}", {})
    assert sink.came[0].headers["Host"] == f"rebinding.example:{sink.port}"
    assert asked == ["rebinding.example"] and called == ["127.0.0.1"]


def test_a_redirect_to_the_inside_is_not_followed(sink):
    inner = Sink()
    for status in (301, 302, 303, 307, 308):
        sink.answer = replies(status=status, Location=inner.url())
        with pytest.raises(Failed, match="redirect"):
            post(sink.url(), b"{}", {})
    assert inner.came == []
    inner.close()


def test_networks_and_names_inside_may_be_allowed(monkeypatch):
    monkeypatch.setattr(settings, "OUTLETS_INSIDE", {"10.8.0.0/16", "localhost", "fd00::/8"})
    assert place_of("http://10.8.3.4:9000/").port == 9000
    assert place_of("http://localhost:9000/").ip == "127.0.0.1"
    assert place_of("http://[fd00::5]/").ip == "fd00::5"
    assert refusal("http://10.9.0.1/") == "inside"
    assert refusal("http://127.0.0.1/") == "inside"


def test_nobody_is_called_at_a_refused_address(monkeypatch):
    listening = Sink()
    monkeypatch.setattr(settings, "OUTLETS_INSIDE", set())
    for host in LOOPBACK:
        with pytest.raises(Failed, match="inside"):
            post(f"http://{host}:{listening.port}/", b"{}", {})
    assert listening.came == []
    listening.close()
