"""One row of a chain after another: number, previous hash, own hash, and the values that the hash only commits to."""

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from wenguo.cases.audit.finding import Finding
from wenguo.people.chain import FIRST

Kept = dict[str, tuple[str, str]]  # private values of a row: salt and value by field


class Link(NamedTuple):
    """A row of a chain. `before` is JSON: the columns that are hashed before `seq`; `behind`: those after it."""

    seq: int
    before: str
    behind: tuple[Any, ...]
    hash: str

    @property
    def prev(self) -> Any:
        return self.behind[-1]


def hash_of(link: Link) -> str:
    """The hash that the row must have; the same as people.chain.link() makes, without its detours.

    Whatever was changed into something that is no text at all makes another hash, not an error.
    """
    try:
        behind = ",".join(map(quoted, link.behind))
    except TypeError:
        behind = ",".join(json.dumps(one, default=str) for one in link.behind)
    text = f"[1,{link.before},{link.seq},{behind}]"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Walker:
    """Goes along one chain. `where` says how its rows are called."""

    def __init__(self, where: str):
        self.where, self.seq, self.prev = where, 0, FIRST

    def step(self, link: Link) -> Iterator[Finding]:
        """What is wrong with the next row. After a fault it goes on from there, so that each is told once."""
        here = f"{self.where} #{link.seq}"
        if link.seq != self.seq + 1:
            lost = f"{self.where} #{self.seq + 1}"
            if link.seq > self.seq:
                yield Finding(lost, "这条记录不见了", "this entry is missing")
            else:
                yield Finding(here, "序号重复或倒退", "this number stands twice or goes back")
        elif link.prev != self.prev:
            yield Finding(here, "与前一条接不上，次序或前一条被改动过", "doesn't follow the one before it")
        if hash_of(link) != link.hash:
            yield Finding(here, "内容与校验值不符，被改动过", "doesn't match its hash: it was changed")
        self.seq, self.prev = link.seq, link.hash


def private_faults(here: str, commitments: Any, kept: Kept) -> Iterator[Finding]:
    """Whether each personal value is what was committed to; one that was erased whole is in order."""
    commitments = commitments if isinstance(commitments, dict) else {}
    for field, commitment in commitments.items():
        if field not in kept:
            yield Finding(here, f"个人信息“{field}”整行被删除", f"the private value '{field}' was removed, not erased")
        elif kept[field] != ("", "") and not _fits(field, *kept[field], commitment):
            yield Finding(here, f"个人信息“{field}”被改动过", f"the private value '{field}' was changed")
    for field in kept.keys() - commitments.keys():
        yield Finding(here, f"个人信息“{field}”是事后加入的", f"the private value '{field}' was added later")


def _fits(field: str, salt: str, value: str, commitment: str) -> bool:
    """The same as people.chain.commit(), without its detours."""
    try:
        text = f"[{quoted(field)},{quoted(value)}]"
        return hmac.digest(bytes.fromhex(salt), text.encode("utf-8", "surrogatepass"), "sha256").hex() == commitment
    except (ValueError, TypeError, AttributeError):  # the salt is no hex any more
        return False


def parsed(body: Any) -> dict[str, Any]:
    """A row's body; empty where it is none any more, which its hash has told already."""
    try:
        found = json.loads(body)
    except (ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def told(kept: Kept) -> dict[str, Any]:
    """Private values by field, without those erased or made unreadable."""
    found = {}
    for field, (_, value) in kept.items():
        try:
            found[field] = json.loads(value)
        except (ValueError, TypeError):
            continue
    return found
