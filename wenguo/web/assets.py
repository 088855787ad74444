"""Copies what the pages need out of node_modules into static/vendor: `python -m wenguo.web.assets`."""

import json
import re
import shutil
from pathlib import Path

NODE_MODULES = Path(__file__).parents[2] / "node_modules"
VENDOR = Path(__file__).parent / "static" / "vendor"

# (package, file or files inside it, folder under static/vendor)
COPIES = [
    ("@tabler/core", "dist/css/tabler.min.css", "tabler"),
    ("@tabler/core", "dist/js/tabler.min.js", "tabler"),
    ("@tabler/icons-webfont", "dist/tabler-icons.min.css", "icons"),
    ("@tabler/icons-webfont", "dist/fonts/tabler-icons.woff2", "icons/fonts"),
    ("@fontsource-variable/noto-sans-sc", "index.css", "font"),
    ("@fontsource-variable/noto-sans-sc", "files/*-wght-normal.woff2", "font/files"),
    ("htmx.org", "dist/htmx.min.js", "htmx"),
]

# A stylesheet or script may name only files that stand beside it: hashed static files are refused otherwise.
SOURCE_MAP = re.compile(r"\n?(/\*|//)# sourceMappingURL=\S+( ?\*/)?")
OLDER_FONT = re.compile(r',url\("[^"]+\.(woff|ttf)\?[^"]*"\) format\("(woff|truetype)"\)')
QUERY = re.compile(r"(\.woff2)\?[^\"')]*")


def copy(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if file.suffix not in {".css", ".js"}:
        shutil.copyfile(file, folder / file.name)
        return
    text = SOURCE_MAP.sub("", file.read_text("utf-8"))
    if file.suffix == ".css":
        text = QUERY.sub(r"\1", OLDER_FONT.sub("", text))
    (folder / file.name).write_text(text, "utf-8")


def licence(package: str) -> str:
    about = json.loads((NODE_MODULES / package / "package.json").read_text("utf-8"))
    texts = [file.read_text("utf-8") for file in (NODE_MODULES / package).glob("LICENSE*")]
    return "\n\n".join([f"{package} {about['version']}", about.get("license", ""), *texts])


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, pattern, folder in COPIES:
        files = sorted((NODE_MODULES / package).glob(pattern))
        if not files:
            raise SystemExit(f"{package} has no {pattern}: run npm ci, then again")
        for file in files:
            copy(file, VENDOR / folder)
    # Written last: make takes this file as the sign that all the others are there.
    packages = sorted({package for package, _, _ in COPIES})
    (VENDOR / "LICENSES.txt").write_text("\n\n\n".join(licence(package) for package in packages), "utf-8")


if __name__ == "__main__":
    main()
