"""Migrations of `people`: today's, which are found by their folder, and those beside this file, which come after."""

from pathlib import Path

from wenguo.people import migrations as todays

NEWEST = max(path.stem for path in Path(todays.__path__[0]).glob("0*.py"))
__path__.extend(todays.__path__)
