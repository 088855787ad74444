"""Money that rules reckon, in whole fen: the use fee (Order 43 art. 27), damages for fraud (Consumer Law art. 55)."""

from datetime import date
from fractions import Fraction

from wenguo.law.grounds import Ground, ground, remark, yuan
from wenguo.law.tables import in_force


def use_compensation(price_fen: int, km: int, n: Fraction | str, on: date) -> int:
    """The use fee in fen that a customer pays for an exchange or refund under art. 24: price × km / 1000 × n.

    `n` as the booklet gives it, "0.5%" or "0.005" or a Fraction; `on`: the day the car's periods began. A part of a
    fen is left out, in the customer's favour. Raises ValueError for a price or mileage below 0 and for an n below 0
    or above what art. 27 allows.
    """
    most, share = in_force("use_fee", on), coefficient(n)
    if price_fen < 0 or km < 0:
        raise ValueError("price and mileage must not be below 0")
    if not 0 <= share <= Fraction(most["permille"], 1000):
        raise ValueError(f"n must be from 0 to {most['permille']} per mille ({most.source})")
    return int(price_fen * Fraction(km, 1000) * share)


def coefficient(n: Fraction | str) -> Fraction:
    """What a booklet writes as "0.5%", "5‰" or "0.005", exactly. Raises ValueError."""
    if not isinstance(n, str):
        return n
    text, size = n.strip(), 1
    for sign, parts in (("%", 100), ("‰", 1000)):
        if text.endswith(sign):
            text, size = text.removesuffix(sign), parts
    return Fraction(text) / size


def triple_damages(paid_fen: int, on: date) -> int:
    """Additional damages in fen for fraud: three times price or fee, 500 CNY at least; what was paid comes besides.

    Raises ValueError for an amount below 0 and for a day on which no such rule was in force.
    """
    now = in_force("triple_damages", on)
    if paid_fen < 0:
        raise ValueError("what was paid must not be below 0")
    return max(now["fold"] * paid_fen, now["fen"])


def fraud(paid_fen: int, on: date) -> Ground:
    """What could be asked for, with the sum, if fraud were established (art. 55); whether it was, people judge."""
    fields = {"yuan": yuan(triple_damages(paid_fen, on)), "minimum": yuan(in_force("triple_damages", on)["fen"])}
    return ground("triple_damages", on, fields, since=on, remarks=(remark("false_repair", on),))
