"""Search: what each case says, and an index over its grams. `wenguo migrate` fills both for cases that are there."""

import django.db.models.deletion
from django.db import migrations, models

from wenguo.cases.models.searching import Grams

# No content of its own, no positions, no lengths: it only says in which rows a gram stands. Every sign but the blank
# belongs to a gram, and grams are compared as they are, but for A to Z, which don't occur.
SIGNS = (
    "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum()).replace("'", "''").replace('"', '""')
)
ON_SQLITE = f"""
    CREATE VIRTUAL TABLE cases_searchindex USING fts5(
        grams, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '{SIGNS}'"
    )
"""
# What waits to be put into the index is read by every search, so only little may wait.
ON_POSTGRESQL = """
    CREATE INDEX searchtext_grams ON cases_searchtext USING gin (grams) WITH (gin_pending_list_limit = 256);
    ALTER TABLE cases_searchtext ALTER COLUMN grams SET STATISTICS 1000
"""


def make_index(apps, schema_editor) -> None:
    schema_editor.execute(ON_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else ON_SQLITE, params=None)


def drop_index(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE cases_searchindex")


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_seal_what")]

    operations = [
        migrations.CreateModel(
            name="SearchFollowed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("latest", models.BigIntegerField(default=0)),
                ("before", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("body", models.TextField()),
                ("contact", models.TextField()),
                ("grams", Grams()),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
    ]
