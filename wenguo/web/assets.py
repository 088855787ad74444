"""Makes static/vendor out of node_modules: `python -m wenguo.web.assets`.

One stylesheet and one script, compressed; the icons that our pages use, out of thousands; a Chinese font in slices, of
which a browser fetches what it lacks. Files of our own stay as they are: they are small, and change while one works.
"""

import hashlib
import io
import json
import logging
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from whitenoise.compress import Compressor

WEB = Path(__file__).parent
NODE_MODULES = WEB.parents[1] / "node_modules"
VENDOR = WEB / "static" / "vendor"

FONT, TABLER, ICONS, HTMX = "@fontsource-variable/noto-sans-sc", "@tabler/core", "@tabler/icons-webfont", "htmx.org"

# A stylesheet or script may name only files that are there.
SOURCE_MAP = re.compile(r"\n?(/\*|//)# sourceMappingURL=\S+( ?\*/)?")
CHARSET = '@charset "UTF-8";'
SLICE = "*-wght-normal.woff2"
# The parts of the icons' stylesheet: `.ti-phone:before{content:"\\eb09"}`, the address of the font.
ICON = re.compile(r'\.ti-([a-z0-9-]+):before\{content:"\\([0-9a-f]+)"\}')
ICON_FONT = re.compile(r"src:url[^}]+")
# Where our pages name an icon: the class `ti-phone`, or, where a template puts the class together, the word 'phone'.
CLASS = re.compile(r"(?<![\w-])ti-([a-z0-9]+(?:-[a-z0-9]+)*)")
QUOTED = re.compile(r"'([a-z0-9]+(?:-[a-z0-9]+)*)'")


def found(package: str, pattern: str) -> list[Path]:
    """The files of a package, at least one. Ends the program where there is none."""
    files = sorted((NODE_MODULES / package).glob(pattern))
    if not files:
        raise SystemExit(f"{package} has no {pattern}: run npm ci, then again")
    return files


def text_of(package: str, file: str) -> str:
    return SOURCE_MAP.sub("", found(package, file)[0].read_text("utf-8")).removeprefix(CHARSET)


def known_icons() -> dict[str, int]:
    """The sign in the font of every icon that there is, by name."""
    return {name: int(sign, 16) for name, sign in ICON.findall(text_of(ICONS, "dist/tabler-icons.min.css"))}


def named_icons() -> dict[str, str]:
    """The icons that our pages name by their class: name to one file that does."""
    files = [*WEB.glob("templates/**/*.html"), *WEB.glob("static/own/*.css"), *WEB.glob("static/own/*.js")]
    return {name: file.name for file in files for name in CLASS.findall(file.read_text("utf-8"))}


def quoted_words() -> set[str]:
    """What templates may put behind `ti-`. A word too many costs some bytes, one too few would be an empty box."""
    return {word for file in WEB.glob("templates/**/*.html") for word in QUOTED.findall(file.read_text("utf-8"))}


def used_icons() -> dict[str, int]:
    """The icons our pages use, with their signs. Ends the program where a page names one that there isn't."""
    known, named = known_icons(), named_icons()
    if wrong := sorted(f"ti-{name} ({file})" for name, file in named.items() if name not in known):
        raise SystemExit(f"no such icon: {', '.join(wrong)}")
    return {name: known[name] for name in sorted(known.keys() & (named.keys() | quoted_words()))}


def cut_font(signs: Iterable[int]) -> bytes:
    """The icons' font with these signs alone, as WOFF2."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of two spare bytes in the font
    options = subset.Options(flavor="woff2")
    font = subset.load_font(str(found(ICONS, "dist/fonts/tabler-icons.woff2")[0]), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=signs)
    cutter.subset(font)
    written = io.BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


def icon_styles() -> str:
    """Writes the font of the icons we use; returns their rules. The address changes with the font's content."""
    icons = used_icons()
    font = cut_font(icons.values())
    (VENDOR / "icons.woff2").write_bytes(font)
    address = f'src:url("icons.woff2?v={hashlib.sha256(font).hexdigest()[:10]}") format("woff2")'
    head = ICON.split(text_of(ICONS, "dist/tabler-icons.min.css"), maxsplit=1)[0]
    rules = (f'.ti-{name}:before{{content:"\\{sign:x}"}}' for name, sign in icons.items())
    return ICON_FONT.sub(address, head) + "".join(rules)


def font_styles() -> str:
    """Copies the slices of the Chinese font; returns the rules that say which signs stand in which."""
    (VENDOR / "font").mkdir()
    for file in found(FONT, f"files/{SLICE}"):
        shutil.copyfile(file, VENDOR / "font" / file.name)
    return text_of(FONT, "index.css").replace("./files/", "font/")


def version(package: str) -> str:
    about = json.loads((NODE_MODULES / package / "package.json").read_text("utf-8"))
    return " ".join((package, about["version"], about.get("license", ""))).strip()


def licence(package: str) -> str:
    texts = [file.read_text("utf-8") for file in (NODE_MODULES / package).glob("LICENSE*")]
    return "\n\n".join([version(package), *texts])


def write(name: str, parts: dict[str, str]) -> None:
    """Writes a file of the texts of several packages, each under its version and licence, and its compressed copies."""
    told = [f"/*! {version(package)}: see LICENSES.txt */\n{text.strip()}\n" for package, text in parts.items()]
    (VENDOR / name).write_text((CHARSET if name.endswith(".css") else "") + "".join(told), "utf-8")
    Compressor(quiet=True).compress(str(VENDOR / name))


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir()
    tabler = text_of(TABLER, "dist/css/tabler.min.css")
    write("vendor.css", {FONT: font_styles(), TABLER: tabler, ICONS: icon_styles()})
    write("vendor.js", {TABLER: text_of(TABLER, "dist/js/tabler.min.js"), HTMX: text_of(HTMX, "dist/htmx.min.js")})
    # Written last: make takes this file as the sign that all the others are there.
    licences = [licence(package) for package in (FONT, TABLER, ICONS, HTMX)]
    (VENDOR / "LICENSES.txt").write_text("\n\n\n".join(licences), "utf-8")


if __name__ == "__main__":
    main()
