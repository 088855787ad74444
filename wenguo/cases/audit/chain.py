"""One row of a chain after another: number, previous hash, own hash, and the values that the hash only commits to."""

import hmac
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any

from wenguo.cases.audit.finding import Finding
from wenguo.people.chain import FIRST

_decode = json.JSONDecoder().raw_decode
Kept = dict[str, tuple[str, str]]  # private values of a row: salt and value by field
NONE: Kept = {}


def hash_of(seq: Any, before: str, behind: Iterable[Any]) -> str:
    """The hash that a row must have; the same as people.chain.link() makes, without its detours.

    `before` is JSON: the columns that are hashed before `seq`; `behind`: those after it, the last of them `prev`.
    Whatever was changed into something that is no text at all makes another hash, not an error.
    """
    try:
        text = ",".join(map(quoted, behind))
    except TypeError:
        text = ",".join(json.dumps(one, default=str) for one in behind)
    return sha256(f"[1,{before},{seq},{text}]".encode("utf-8", "surrogatepass")).hexdigest()


class Walker:
    """Goes along one chain. `where` says how its rows are called."""

    def __init__(self, where: str):
        self.where, self.seq, self.prev = where, 0, FIRST

    def step(self, seq: Any, before: str, behind: tuple[Any, ...], hash: str) -> Iterable[Finding]:
        """What is wrong with the next row. After a fault it goes on from there, so that each is told once."""
        last, prev = self.seq, self.prev
        self.seq, self.prev = seq, hash
        fits = hash_of(seq, before, behind) == hash
        if fits and seq == last + 1 and behind[-1] == prev:
            return ()
        return self._faults(seq, last, behind[-1] == prev, fits)

    def _faults(self, seq: int, last: int, follows: bool, fits: bool) -> Iterator[Finding]:
        here = f"{self.where} #{seq}"
        if seq > last + 1:
            yield Finding(f"{self.where} #{last + 1}", "这条记录不见了", "this entry is missing")
        elif seq <= last:
            yield Finding(here, "序号重复或倒退", "this number stands twice or goes back")
        elif not follows:
            yield Finding(here, "与前一条接不上，次序或前一条被改动过", "doesn't follow the one before it")
        if not fits:
            yield Finding(here, "内容与校验值不符，被改动过", "doesn't match its hash: it was changed")


def private_faults(here: str, commitments: dict[str, Any], kept: Kept) -> Iterable[Finding]:
    """Whether each personal value is what was committed to; one that was erased whole is in order."""
    if commitments.keys() == kept.keys() and all(_fits(field, *kept[field], commitments[field]) for field in kept):
        return ()
    return _private_faults(here, commitments, kept)


def _private_faults(here: str, commitments: dict[str, Any], kept: Kept) -> Iterator[Finding]:
    for field, commitment in commitments.items():
        if field not in kept:
            yield Finding(here, f"个人信息“{field}”整行被删除", f"the private value '{field}' was removed, not erased")
        elif not _fits(field, *kept[field], commitment):
            yield Finding(here, f"个人信息“{field}”被改动过", f"the private value '{field}' was changed")
    for field in kept.keys() - commitments.keys():
        yield Finding(here, f"个人信息“{field}”是事后加入的", f"the private value '{field}' was added later")


def _fits(field: str, salt: str, value: str, commitment: str) -> bool:
    """The same as people.chain.commit(), without its detours; an erased value fits."""
    if salt == value == "":
        return True
    try:
        text = f"[{quoted(field)},{quoted(value)}]"
        return hmac.digest(bytes.fromhex(salt), text.encode("utf-8", "surrogatepass"), "sha256").hex() == commitment
    except (ValueError, TypeError, AttributeError):  # the salt is no hex any more
        return False


def loaded(text: Any) -> Any:
    """What a JSON text says; json.loads() takes twice as long for the little that is in most of them.

    Raises ValueError or TypeError for what is none.
    """
    found, end = _decode(text)
    if end != len(text):
        raise ValueError("more than one value")
    return found


def parsed(body: Any) -> dict[str, Any]:
    """A row's body; empty where it is none any more, which its hash has told already."""
    try:
        found = loaded(body)
    except (ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def part(body: dict[str, Any], name: str) -> dict[str, Any]:
    """What a body says under `name`; empty where that is no object."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def told(kept: Kept) -> dict[str, Any]:
    """Private values by field, without those erased or made unreadable."""
    found = {}
    for field, (_, value) in kept.items():
        try:
            found[field] = loaded(value)
        except (ValueError, TypeError):
            continue
    return found
