"""Words for the keys that rules, cars and repairs use: systems, signs, choices, units."""

from functools import cache

from wenguo.law.reading import LawError, read_table
from wenguo.law.tables import FOLDER, Text

ASSEMBLIES = ("engine", "transmission", "traction_battery", "drive_motor")  # the four of articles 20, 22 and 24


@cache
def names(kind: str) -> dict[str, Text]:
    """Texts by key, of "systems", "signs", "choices" or "units". Raises KeyError, LawError."""
    table = read_table(FOLDER / "names.toml")[kind]
    pairs = {key: table.texts(key) for key in table.data}
    if wrong := [key for key, pair in pairs.items() if len(pair) != 2]:
        raise LawError(f"names.toml: [{kind}] {wrong[0]} must be [Chinese, English]")
    return {key: Text(*pair) for key, pair in pairs.items()}


def name(kind: str, key: str) -> Text:
    """The words for a key; the key itself where there are none (a system that only a pack knows)."""
    return names(kind).get(key, Text(key, key))
