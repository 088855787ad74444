"""All tables of the first release.

Named as the last of those that it took the place of, so that a database which had them has had it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wenguo.people.many_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Staff",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    ("username", models.CharField(max_length=60, unique=True)),
                    ("name", models.CharField(max_length=60)),
                    ("is_active", models.BooleanField(default=True)),
                    ("email", models.EmailField(blank=True, max_length=254)),
                    ("must_change_password", models.BooleanField(default=False)),
                    ("password_set_at", models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name="Organisation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("stamp", models.CharField(max_length=32)),
                ],
            ),
            migrations.CreateModel(
                name="Amendment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("thing", models.BigIntegerField()),
                    ("seq", models.IntegerField()),
                    ("at", models.DateTimeField()),
                    ("actor", models.CharField(max_length=40)),
                    ("reason", models.CharField(max_length=200)),
                    ("body", models.TextField()),
                    ("prev", models.CharField(max_length=64)),
                    ("hash", models.CharField(max_length=64)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("kind", "thing", "seq"), name="amendment_seq"),
                        models.UniqueConstraint(fields=("hash",), name="amendment_hash"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Branch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("code", models.CharField(max_length=20, unique=True)),
                    ("name", models.CharField(max_length=100)),
                    ("name_en", models.CharField(blank=True, max_length=100)),
                    ("path", models.CharField(db_index=True, max_length=200, unique=True)),
                    ("pack", models.CharField(max_length=40)),
                    ("zone", models.CharField(default="Asia/Shanghai", max_length=40)),
                    (
                        "parent",
                        models.ForeignKey(
                            blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="people.branch"
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Deputy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("since", models.DateField()),
                    ("until", models.DateField()),
                    (
                        "absent",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="deputies",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "deputy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="stands_in",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Token",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=60)),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    ("created_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "staff",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="AmendmentPrivate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("field", models.CharField(max_length=60)),
                    ("salt", models.CharField(max_length=32)),
                    ("value", models.TextField()),
                    (
                        "amendment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="private",
                            to="people.amendment",
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("amendment", "field"), name="amendment_private")],
                },
            ),
            migrations.CreateModel(
                name="BranchNumber",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("key", models.CharField(max_length=120)),
                    ("value", models.IntegerField()),
                    ("since", models.DateField()),
                    ("reason", models.CharField(max_length=200)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                ],
                options={
                    "indexes": [models.Index(fields=["branch", "key", "since"], name="people_bran_branch__831a33_idx")],
                },
            ),
            migrations.CreateModel(
                name="Customer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("phone", models.CharField(max_length=30)),
                    ("name", models.CharField(blank=True, max_length=60)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                    ("external_id", models.CharField(blank=True, max_length=40)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("branch", "phone"), name="customer_phone"),
                        models.UniqueConstraint(
                            condition=models.Q(("external_id", ""), _negated=True),
                            fields=("branch", "external_id"),
                            name="customer_external",
                        ),
                    ],
                    "indexes": [models.Index(fields=["branch", "name"], name="customer_name")],
                },
            ),
            migrations.CreateModel(
                name="Post",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("role", models.CharField(max_length=40)),
                    ("since", models.DateField()),
                    ("until", models.DateField(blank=True, null=True)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                    (
                        "staff",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="posts",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["branch", "role"], name="people_post_branch__efcf5b_idx")],
                },
            ),
            migrations.CreateModel(
                name="NationalDay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("day", models.DateField(unique=True)),
                    ("kind", models.CharField(max_length=10)),
                    ("name", models.CharField(blank=True, max_length=100)),
                    ("name_en", models.CharField(blank=True, max_length=200)),
                    ("source", models.CharField(max_length=40)),
                ],
            ),
            migrations.CreateModel(
                name="OpeningHours",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("own", models.BooleanField(default=True)),
                    ("monday", models.CharField(blank=True, max_length=80)),
                    ("tuesday", models.CharField(blank=True, max_length=80)),
                    ("wednesday", models.CharField(blank=True, max_length=80)),
                    ("thursday", models.CharField(blank=True, max_length=80)),
                    ("friday", models.CharField(blank=True, max_length=80)),
                    ("saturday", models.CharField(blank=True, max_length=80)),
                    ("sunday", models.CharField(blank=True, max_length=80)),
                    ("holiday", models.CharField(blank=True, max_length=80)),
                    (
                        "branch",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="opening_hours",
                            to="people.branch",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="BranchDay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("day", models.DateField()),
                    ("kind", models.CharField(max_length=10)),
                    ("periods", models.CharField(blank=True, max_length=80)),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("branch", "day"), name="branch_day")],
                },
            ),
        ),
    ]
