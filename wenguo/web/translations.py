"""The texts of the program in both languages. Chinese in templates and English in Python are their own message ids.

`python -m wenguo.web.translations` says what is untranslated; `… collect` brings new texts into wenguo/locale and drops
those that nobody uses any more.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh_Hans", "en")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"silent": "false"}}  # a template that can't be read is an error
# Beside gettext and its kin: what takes a message id as its first argument (Missing: as its second).
KEYWORDS = DEFAULT_KEYWORDS | {
    "Problem": None,
    "Refusal": None,
    "NotAllowed": None,
    "WrongStage": None,
    "NothingDue": None,
    "Missing": (2,),
    "gettext_noop": None,
}
# Lines of a catalog's head that change with every writing, or that nobody has filled in.
NOISE = re.compile(
    rb'^"(?:Project-Id|Report-Msgid|POT-|PO-Revision|Last-Translator|Language-Team|MIME-Version|Generated-By)[^\n]*\n',
    re.M,
)
PLACEHOLDER = re.compile(r"%\(\w+\)\w")


def collected() -> Catalog:
    """Every text that the code names."""
    found = Catalog(charset="utf-8")
    for file, _, text, _, context in extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS):
        found.add(text, locations=[(f"wenguo/{file}", 0)], context=context)
    return found


def language_of(message: Message) -> str:
    """The language that a text must be translated into: templates are written in Chinese, Python in English."""
    return "en" if any(file.endswith(".html") for file, _ in message.locations) else "zh_Hans"


def path_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def kept(language: str) -> Catalog:
    """The catalog of `language` as it stands."""
    if not path_of(language).exists():
        return Catalog(locale=language, charset="utf-8")
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def collect() -> None:
    """Brings both catalogs up to what the code names; translations that are still needed stay."""
    found = collected()
    for language in LANGUAGES:
        old = kept(language)
        new = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment=f"# 闻过 · wenguo: {language}")
        for message in found:
            if message.id and language_of(message) == language:
                known = old.get(message.id, message.context)
                text = known.string if known else ""
                new.add(message.id, text, locations=message.locations, context=message.context)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        written = io.BytesIO()
        write_po(written, new, width=0, sort_by_file=True, include_lineno=False)
        path_of(language).write_bytes(NOISE.sub(b"", written.getvalue()))


def missing() -> Iterator[str]:
    """What is untranslated or translated with other placeholders, one line each."""
    catalogs = {language: kept(language) for language in LANGUAGES}
    for message in collected():
        if not message.id:
            continue
        language = language_of(message)
        there = catalogs[language].get(message.id, message.context)
        texts = _forms(there.string) if there else [""]
        where = ", ".join(sorted({file for file, _ in message.locations}))
        if not all(texts):
            yield f"{language}: not translated: {_forms(message.id)[0]!r} ({where})"
        elif any(_placeholders(text) != _placeholders(_forms(message.id)[-1]) for text in texts):
            yield f"{language}: other placeholders: {_forms(message.id)[0]!r} ({where})"


def _forms(text: str | Iterable[str] | None) -> list[str]:
    """Singular and plural, or the one form there is."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def _placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def main() -> None:
    if sys.argv[1:] == ["collect"]:
        collect()
    lines = sorted(missing())
    print("\n".join(lines) or "every text is there in both languages")
    if lines and sys.argv[1:] != ["collect"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
