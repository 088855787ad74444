"""What a VIN says of itself: its check digit and the model year. Hints for people, never a reason to refuse."""

SIGNS = "ABCDEFGH" + "JKLMN" + "P" + "R" + "STUVWXYZ"
WORTH = dict(zip(SIGNS, (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
WORTH |= {str(digit): digit for digit in range(10)}
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # from 1980 on, anew every thirty years; I, O, Q, U, Z and 0 stand for none


def check_digit(vin: str) -> str:
    """The sign that belongs in the ninth place of `vin` (17 signs, as read_vin stores them): 0 to 9 or X."""
    rest = sum(WORTH[sign] * weight for sign, weight in zip(vin, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def is_doubtful(vin: str) -> bool:
    """Whether a VIN is there and its check digit is another one: mistyped, or of a maker who has none."""
    return bool(vin) and vin[8] != check_digit(vin)


def model_year(vin: str, this_year: int) -> int | None:
    """The model year that the tenth place names: the latest that can be on the road in `this_year`; None for no code.

    The code comes round every thirty years, so this is for display alone.
    """
    if not vin or vin[9] not in YEARS:
        return None
    newest = this_year + 1  # a model year begins before the year
    return newest - (newest - 1980 - YEARS.index(vin[9])) % len(YEARS)
