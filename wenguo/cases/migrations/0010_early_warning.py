"""All tables of the first release, and the index over what each case says.

Named as the last of those that it took the place of, so that a database which had them has had it.
"""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wenguo.cases.models.searching import Grams
from wenguo.people.many_tables import CreateModels

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
    initial = True

    dependencies = [
        ("people", "0005_calendars"),
        ("vehicles", "0005_watched_cars_and_defects"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Loop",
                fields=[
                    ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                    ("holder", models.CharField(max_length=60)),
                    ("until", models.DateTimeField()),
                    ("beat_at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="Seal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField()),
                    ("first", models.BigIntegerField()),
                    ("last", models.BigIntegerField()),
                    ("count", models.IntegerField()),
                    ("root", models.CharField(max_length=64)),
                    ("prev", models.CharField(max_length=64, unique=True)),
                    ("hash", models.CharField(max_length=64, unique=True)),
                    ("what", models.CharField(default="entry", max_length=10)),
                ],
                options={
                    "indexes": [models.Index(fields=["what", "last"], name="seal_of")],
                },
            ),
            migrations.CreateModel(
                name="Case",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=40, unique=True)),
                    ("pack", models.CharField(max_length=40)),
                    ("process", models.CharField(max_length=40)),
                    ("stage", models.CharField(max_length=40)),
                    ("stage_type", models.CharField(max_length=10)),
                    ("turn_role", models.CharField(max_length=40)),
                    ("round", models.IntegerField(default=1)),
                    ("version", models.IntegerField(default=0)),
                    ("opened_at", models.DateTimeField()),
                    ("closed_at", models.DateTimeField(null=True)),
                    (
                        "next_due_at",
                        models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                    ),
                    ("opened_for", models.CharField(max_length=100, null=True, unique=True)),
                    ("source", models.CharField(blank=True, max_length=40)),
                    ("business_line", models.CharField(blank=True, max_length=40)),
                    ("category", models.CharField(blank=True, max_length=40)),
                    ("component", models.CharField(blank=True, max_length=40)),
                    ("cause", models.CharField(blank=True, max_length=40)),
                    ("validity", models.CharField(blank=True, max_length=40)),
                    ("severity", models.CharField(blank=True, max_length=40)),
                    ("facts", models.JSONField(default=dict)),
                    (
                        "branch",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="people.branch"
                        ),
                    ),
                    (
                        "customer",
                        models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="people.customer"),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "turn_person",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "vehicle",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, to="vehicles.vehicle"
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["turn_person", "next_due_at", "id"], name="case_turn_person"),
                        models.Index(fields=["branch", "turn_role", "next_due_at", "id"], name="case_turn_role"),
                        models.Index(
                            fields=[
                                "branch",
                                "stage_type",
                                "next_due_at",
                                "id",
                                "opened_at",
                                "process",
                                "stage",
                                "source",
                                "business_line",
                                "category",
                                "component",
                                "cause",
                                "validity",
                                "severity",
                                "turn_person",
                                "owner",
                                "closed_at",
                            ],
                            name="case_branch",
                        ),
                        models.Index(
                            fields=[
                                "branch",
                                "stage_type",
                                "opened_at",
                                "id",
                                "next_due_at",
                                "process",
                                "stage",
                                "source",
                                "business_line",
                                "category",
                                "component",
                                "cause",
                                "validity",
                                "severity",
                                "turn_person",
                                "owner",
                                "closed_at",
                            ],
                            name="case_branch_opened",
                        ),
                        models.Index(
                            fields=[
                                "stage_type",
                                "next_due_at",
                                "id",
                                "branch",
                                "opened_at",
                                "process",
                                "stage",
                                "source",
                                "business_line",
                                "category",
                                "component",
                                "cause",
                                "validity",
                                "severity",
                                "turn_person",
                                "owner",
                                "closed_at",
                            ],
                            name="case_due",
                        ),
                        models.Index(
                            fields=[
                                "stage_type",
                                "opened_at",
                                "id",
                                "branch",
                                "next_due_at",
                                "process",
                                "stage",
                                "source",
                                "business_line",
                                "category",
                                "component",
                                "cause",
                                "validity",
                                "severity",
                                "turn_person",
                                "owner",
                                "closed_at",
                            ],
                            name="case_opened",
                        ),
                        models.Index(
                            condition=models.Q(("opened_for__isnull", False)),
                            fields=["process", "branch", "opened_at", "id"],
                            name="case_opened_for",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CaseVehicle",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.case")),
                    (
                        "vehicle",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="vehicles.vehicle"),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("case", "vehicle"), name="case_vehicle")],
                },
            ),
            migrations.CreateModel(
                name="Counter",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("month", models.CharField(max_length=6)),
                    ("last", models.IntegerField()),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("branch", "month"), name="counter_month")],
                },
            ),
            migrations.CreateModel(
                name="Draft",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("verb", models.CharField(max_length=40)),
                    ("data", models.JSONField(default=dict)),
                    ("saved_at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="cases.case"),
                    ),
                    (
                        "staff",
                        models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("staff", "case", "verb"), name="draft_once"),
                        models.UniqueConstraint(
                            condition=models.Q(("case", None)), fields=("staff", "verb"), name="draft_once_new"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Entry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("seq", models.IntegerField()),
                    ("at", models.DateTimeField()),
                    ("happened_at", models.DateTimeField()),
                    ("actor", models.CharField(max_length=40)),
                    ("role", models.CharField(max_length=40)),
                    ("on_behalf_of", models.CharField(max_length=40)),
                    ("channel", models.CharField(max_length=20)),
                    ("verb", models.CharField(max_length=40)),
                    ("outcome", models.CharField(max_length=40)),
                    ("came_from", models.CharField(max_length=40)),
                    ("went_to", models.CharField(max_length=40)),
                    ("pack_version", models.CharField(max_length=20)),
                    ("body", models.TextField()),
                    ("prev", models.CharField(max_length=64)),
                    ("hash", models.CharField(max_length=64, unique=True)),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("case", "seq"), name="entry_seq")],
                },
            ),
            migrations.CreateModel(
                name="Contact",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("way", models.CharField(max_length=40)),
                    ("reached", models.BooleanField()),
                    ("happened_at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="cases.case"
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.entry"
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Clock",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("nth", models.IntegerField()),
                    ("started_at", models.DateTimeField()),
                    ("due_at", models.DateTimeField()),
                    ("stopped_at", models.DateTimeField(null=True)),
                    ("overdue_at", models.DateTimeField(null=True)),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="clocks",
                            to="cases.case",
                        ),
                    ),
                    (
                        "cause",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="cases.entry",
                        ),
                    ),
                    ("counts", models.CharField(max_length=20)),
                    ("amount", models.IntegerField(default=0)),
                    ("pauses", models.JSONField(default=list)),
                    ("paused_at", models.DateTimeField(null=True)),
                    ("rung", models.CharField(blank=True, max_length=8)),
                    (
                        "next_at",
                        models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("stopped_at__isnull", True)),
                            fields=["next_at", "id"],
                            name="clock_next",
                        )
                    ],
                    "constraints": [models.UniqueConstraint(fields=("case", "kind", "nth"), name="clock_nth")],
                },
            ),
            migrations.CreateModel(
                name="CaseLink",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="links", to="cases.case"
                        ),
                    ),
                    (
                        "other",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                        ),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.entry"
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("case", "other", "kind"), name="case_link")],
                },
            ),
            migrations.CreateModel(
                name="EntryPrivate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("field", models.CharField(max_length=60)),
                    ("salt", models.CharField(max_length=32)),
                    ("value", models.TextField()),
                    (
                        "entry",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="private",
                            to="cases.entry",
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("entry", "field"), name="entry_private")],
                },
            ),
            migrations.CreateModel(
                name="Errand",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("verb", models.CharField(max_length=40)),
                    ("data", models.JSONField(default=dict)),
                    ("due_at", models.DateTimeField()),
                    ("done_at", models.DateTimeField(null=True)),
                    ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.case")),
                    (
                        "cause",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="cases.entry",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("done_at__isnull", True)),
                            fields=["due_at", "id"],
                            name="errand_due",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Evidence",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("field", models.CharField(blank=True, max_length=60)),
                    ("sha256", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=255)),
                    ("media_type", models.CharField(max_length=100)),
                    ("size", models.BigIntegerField()),
                    ("uploaded_by", models.CharField(max_length=40)),
                    ("uploaded_at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evidence",
                            to="cases.case",
                        ),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="cases.entry",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Finding",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("round", models.IntegerField()),
                    ("cause", models.CharField(max_length=40)),
                    ("fault", models.CharField(max_length=40)),
                    ("explanation", models.TextField()),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="cases.case"
                        ),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Hit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("rule", models.CharField(max_length=40)),
                    ("evidence", models.TextField()),
                    ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.case")),
                    ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.entry")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("case", "rule"), name="hit_once")],
                },
            ),
            migrations.CreateModel(
                name="Idempotency",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("actor", models.CharField(max_length=40)),
                    ("path", models.CharField(max_length=200)),
                    ("key", models.CharField(max_length=100)),
                    ("body_hash", models.CharField(max_length=64)),
                    (
                        "entry",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cases.entry"
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("actor", "key"), name="idempotency_key")],
                },
            ),
            migrations.CreateModel(
                name="Notice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("channel", models.CharField(max_length=20)),
                    ("next_try_at", models.DateTimeField()),
                    ("sent_at", models.DateTimeField(null=True)),
                    ("read_at", models.DateTimeField(null=True)),
                    (
                        "entry",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cases.entry"
                        ),
                    ),
                    (
                        "recipient",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("alarm", models.BooleanField(default=False)),
                    ("failure", models.CharField(blank=True, default="", max_length=40)),
                    ("given_up_at", models.DateTimeField(null=True)),
                    ("together", models.BigIntegerField(default=0)),
                    ("tries", models.IntegerField(default=0)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("channel", "bell")), fields=["recipient", "-id"], name="notice_bell"
                        ),
                        models.Index(
                            condition=models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                            fields=["channel", "next_try_at", "id"],
                            name="notice_waiting",
                        ),
                        models.Index(
                            condition=models.Q(("given_up_at__isnull", False)),
                            fields=["given_up_at"],
                            name="notice_given_up",
                        ),
                        models.Index(
                            condition=models.Q(
                                ("sent_at__isnull", False), models.Q(("channel", "bell"), _negated=True)
                            ),
                            fields=["recipient", "channel", "-sent_at"],
                            name="notice_lately",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("entry", "recipient", "channel"), name="notice_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Paper",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("form", models.CharField(max_length=40)),
                    ("text", models.TextField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.case")),
                    ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.entry")),
                ],
            ),
            migrations.CreateModel(
                name="Party",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("name", models.CharField(blank=True, max_length=60)),
                    ("entry_seq", models.IntegerField()),
                    ("ended", models.BooleanField(default=False)),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="cases.case"
                        ),
                    ),
                    (
                        "customer",
                        models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="people.customer"),
                    ),
                    (
                        "staff",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("role", models.CharField(blank=True, max_length=40)),
                ],
            ),
            migrations.CreateModel(
                name="Remedy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("round", models.IntegerField()),
                    ("nth", models.IntegerField()),
                    ("plan", models.TextField()),
                    ("state", models.CharField(max_length=20)),
                    ("amount_fen", models.BigIntegerField()),
                    ("ready_on", models.DateField(null=True)),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="remedies", to="cases.case"
                        ),
                    ),
                    (
                        "proposed_by",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                    ("granted_at", models.DateTimeField(null=True)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("case", "nth"), name="remedy_nth")],
                },
            ),
            migrations.CreateModel(
                name="Approval",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("role", models.CharField(max_length=40)),
                    ("limit_fen", models.BigIntegerField()),
                    ("amount_fen", models.BigIntegerField()),
                    ("granted", models.BooleanField()),
                    (
                        "approver",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.entry")),
                    (
                        "remedy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="cases.remedy"
                        ),
                    ),
                    (
                        "in_place_of",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="RemedyLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("text", models.TextField(blank=True)),
                    ("amount_fen", models.BigIntegerField(default=0)),
                    (
                        "remedy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="cases.remedy"
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Signature",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("signer", models.CharField(max_length=40)),
                    ("signed_at", models.DateTimeField()),
                    ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.entry")),
                    ("image", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.evidence")),
                    ("paper", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.paper")),
                ],
            ),
            migrations.CreateModel(
                name="Task",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("text", models.TextField()),
                    ("due_at", models.DateTimeField()),
                    ("done_at", models.DateTimeField(null=True)),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="cases.case"
                        ),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.entry"
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="SearchFollowed",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
            migrations.CreateModel(
                name="ChosenColumns",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("columns", models.CharField(max_length=300)),
                    (
                        "staff",
                        models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="SavedView",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=40)),
                    ("query", models.TextField(blank=True)),
                    ("columns", models.CharField(max_length=300)),
                    ("ended", models.BooleanField(default=False)),
                    (
                        "branch",
                        models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="people.branch"),
                    ),
                    (
                        "owner",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Reckoned",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("amendment", models.BigIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name="StockTake",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("day", models.DateField()),
                    ("signed_at", models.DateTimeField()),
                    ("received", models.IntegerField()),
                    ("unowned", models.IntegerField()),
                    ("late", models.IntegerField()),
                    ("note", models.TextField(blank=True)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                    (
                        "signed_by",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("branch", "day"), name="stock_take_once")],
                },
            ),
            migrations.CreateModel(
                name="SameFault",
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
                    ("model", models.CharField(max_length=200)),
                    ("fault", models.CharField(max_length=200)),
                    ("opened_at", models.DateTimeField()),
                    (
                        "branch",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="people.branch"
                        ),
                    ),
                    (
                        "vehicle",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="vehicles.vehicle"
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["branch", "model", "fault", "opened_at", "vehicle"], name="same_fault")
                    ],
                },
            ),
            migrations.CreateModel(
                name="SpecialIdentity",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("code", models.CharField(max_length=40)),
                    ("reason", models.CharField(max_length=200)),
                    ("consent", models.CharField(max_length=200)),
                    ("until", models.DateField()),
                    ("noted_at", models.DateTimeField()),
                    ("warned", models.BooleanField(default=False)),
                    (
                        "case",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                        ),
                    ),
                    (
                        "noted_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Watched",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("latest", models.BigIntegerField(default=0)),
                    ("before", models.BigIntegerField(default=0)),
                    ("whole_at", models.DateTimeField(null=True)),
                ],
            ),
        ),
        migrations.RunPython(make_index, drop_index),
    ]
