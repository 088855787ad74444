"""All tables of the first release.

Named as the last of those that it took the place of, so that a database which had them has had it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wenguo.people.many_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0005_calendars"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="ColumnMap",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=60)),
                    ("kind", models.CharField(max_length=20)),
                    ("columns", models.JSONField(default=dict)),
                    ("history", models.CharField(default="auto", max_length=10)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                    ("on", models.BooleanField(default=True)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("branch", "kind", "name"), name="column_map_name")],
                },
            ),
            migrations.CreateModel(
                name="ImportRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("by", models.CharField(max_length=40)),
                    ("file_name", models.CharField(max_length=255)),
                    ("sha256", models.CharField(max_length=64)),
                    ("columns", models.JSONField(default=dict)),
                    ("history", models.CharField(default="auto", max_length=10)),
                    ("state", models.CharField(default="looked_at", max_length=20)),
                    ("here", models.BooleanField(default=False)),
                    ("total", models.IntegerField(null=True)),
                    ("done_rows", models.IntegerField(default=0)),
                    ("added", models.IntegerField(default=0)),
                    ("known", models.IntegerField(default=0)),
                    ("rejected", models.IntegerField(default=0)),
                    ("reject_bytes", models.BigIntegerField(default=0)),
                    ("problem", models.JSONField(default=dict)),
                    ("created_at", models.DateTimeField()),
                    ("started_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                    (
                        "branch",
                        models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="people.branch"),
                    ),
                    (
                        "staff",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["by", "-id"], name="import_run_by"),
                        models.Index(
                            condition=models.Q(("here", False), ("state__in", ("waiting", "running"))),
                            fields=["id"],
                            name="import_run_open",
                        ),
                    ],
                },
            ),
        ),
    ]
