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
                name="Vehicle",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("plate", models.CharField(blank=True, max_length=12)),
                    ("vin", models.CharField(blank=True, max_length=17)),
                    ("mileage_km", models.IntegerField(blank=True, null=True)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                    ("brand", models.CharField(blank=True, max_length=40)),
                    ("delivered_on", models.DateField(blank=True, null=True)),
                    ("engine_no", models.CharField(blank=True, max_length=40)),
                    ("invoiced_on", models.DateField(blank=True, null=True)),
                    ("launched_on", models.DateField(blank=True, null=True)),
                    ("model", models.CharField(blank=True, max_length=80)),
                    ("series", models.CharField(blank=True, max_length=40)),
                    ("temporary_plate", models.CharField(blank=True, max_length=20)),
                    ("business_use", models.BooleanField(default=False)),
                    ("price_fen", models.BigIntegerField(blank=True, null=True)),
                    ("province", models.CharField(blank=True, max_length=40)),
                    ("replaced_on", models.DateField(blank=True, null=True)),
                    ("resold", models.BooleanField(default=False)),
                    ("sanbao_km", models.IntegerField(blank=True, null=True)),
                    ("sanbao_months", models.IntegerField(blank=True, null=True)),
                    ("transferred", models.BooleanField(default=False)),
                    ("use_fee", models.CharField(blank=True, max_length=20)),
                    ("warranty_km", models.IntegerField(blank=True, null=True)),
                    ("warranty_months", models.IntegerField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["vin"], name="vehicles_ve_vin_d8dea1_idx"),
                        models.Index(fields=["plate"], name="vehicles_ve_plate_f1ecfa_idx"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("vin", ""), _negated=True),
                            fields=("branch", "vin"),
                            name="vehicle_vin",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("plate", ""), _negated=True),
                            fields=("branch", "plate"),
                            name="vehicle_plate",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Visit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("order_no", models.CharField(max_length=40)),
                    ("kind", models.CharField(max_length=40)),
                    ("in_at", models.DateTimeField()),
                    ("out_at", models.DateTimeField(blank=True, null=True)),
                    ("mileage_km", models.IntegerField(blank=True, null=True)),
                    ("advisor", models.CharField(blank=True, max_length=60)),
                    ("technician", models.CharField(blank=True, max_length=60)),
                    ("complaint", models.TextField(blank=True)),
                    ("items", models.JSONField(blank=True, default=list)),
                    ("parts", models.JSONField(blank=True, default=list)),
                    ("labour_hours", models.CharField(blank=True, max_length=20)),
                    ("labour_fen", models.BigIntegerField(blank=True, null=True)),
                    ("material_fen", models.BigIntegerField(blank=True, null=True)),
                    ("total_fen", models.BigIntegerField(blank=True, null=True)),
                    ("quality", models.CharField(blank=True, max_length=40)),
                    ("payer", models.CharField(blank=True, max_length=40)),
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
                    ("agreed_at", models.DateTimeField(blank=True, null=True)),
                    ("done_at", models.DateTimeField(blank=True, null=True)),
                    ("guarantee_days", models.IntegerField(blank=True, null=True)),
                    ("guarantee_km", models.IntegerField(blank=True, null=True)),
                    ("not_agreed", models.BooleanField(default=False)),
                    ("undrivable", models.BooleanField(default=False)),
                    ("work", models.CharField(blank=True, max_length=40)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["vehicle", "in_at", "id"], name="visit_of_vehicle"),
                        models.Index(fields=["branch", "in_at"], name="visit_of_branch"),
                    ],
                    "constraints": [models.UniqueConstraint(fields=("branch", "order_no"), name="visit_order")],
                },
            ),
            migrations.CreateModel(
                name="Reading",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("km", models.IntegerField()),
                    ("read_on", models.DateField()),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    ("case_number", models.CharField(blank=True, max_length=40)),
                    ("entered_by", models.CharField(max_length=40)),
                    (
                        "vehicle",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="readings",
                            to="vehicles.vehicle",
                        ),
                    ),
                    (
                        "visit",
                        models.OneToOneField(
                            blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="vehicles.visit"
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["vehicle", "read_on", "id"], name="reading_of_vehicle")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("case_number", ""), _negated=True),
                            fields=("case_number",),
                            name="reading_case",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="VisitProblem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=60)),
                    ("system", models.CharField(blank=True, max_length=40)),
                    ("part", models.CharField(blank=True, max_length=60)),
                    ("replaced", models.CharField(blank=True, max_length=40)),
                    ("sign", models.CharField(blank=True, max_length=40)),
                    ("severe", models.BooleanField(default=False)),
                    ("not_quality", models.BooleanField(default=False)),
                    ("wear_months", models.IntegerField(blank=True, null=True)),
                    ("wear_km", models.IntegerField(blank=True, null=True)),
                    ("claims", models.JSONField(blank=True, default=list)),
                    ("void", models.BooleanField(default=False)),
                    (
                        "visit",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="problems",
                            to="vehicles.visit",
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("visit", "name"), name="problem_of_visit")],
                },
            ),
            migrations.CreateModel(
                name="VisitWait",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("why", models.CharField(max_length=40)),
                    ("since", models.DateTimeField()),
                    ("until", models.DateTimeField(blank=True, null=True)),
                    ("void", models.BooleanField(default=False)),
                    (
                        "visit",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="waits",
                            to="vehicles.visit",
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("visit", "since"), name="wait_of_visit")],
                },
            ),
            migrations.CreateModel(
                name="DefectReport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("case_number", models.CharField(blank=True, max_length=40)),
                    ("learned_on", models.DateField()),
                    ("component", models.CharField(blank=True, max_length=40)),
                    ("sign", models.CharField(blank=True, max_length=40)),
                    ("what", models.TextField()),
                    ("regulator_on", models.DateField(blank=True, null=True)),
                    ("regulator_no", models.CharField(blank=True, max_length=60)),
                    ("maker_on", models.DateField(blank=True, null=True)),
                    ("maker_no", models.CharField(blank=True, max_length=60)),
                    ("dropped", models.CharField(blank=True, max_length=200)),
                    (
                        "branch",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="people.branch"
                        ),
                    ),
                    (
                        "vehicle",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="defects",
                            to="vehicles.vehicle",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["branch", "id"], name="defect_of_branch")],
                },
            ),
            migrations.CreateModel(
                name="Focus",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("why", models.CharField(blank=True, max_length=40)),
                    ("reason", models.TextField()),
                    ("state", models.CharField(max_length=10)),
                    ("since", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ("ended_because", models.TextField(blank=True)),
                    (
                        "branch",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="people.branch"
                        ),
                    ),
                    (
                        "customer",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="people.customer",
                        ),
                    ),
                    (
                        "technician",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "vehicle",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="vehicles.vehicle",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["branch", "state", "id"], name="focus_of_branch"),
                        models.Index(fields=["vehicle", "id"], name="focus_of_vehicle"),
                        models.Index(fields=["customer", "id"], name="focus_of_customer"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "watched")), fields=("vehicle",), name="focus_vehicle"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "watched")), fields=("customer",), name="focus_customer"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Care",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("case_number", models.CharField(blank=True, max_length=40)),
                    ("way", models.CharField(max_length=40)),
                    ("done_on", models.DateField()),
                    ("satisfied", models.BooleanField(blank=True, null=True)),
                    ("told", models.TextField(blank=True)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "focus",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cares",
                            to="vehicles.focus",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("case_number", ""), _negated=True),
                            fields=["case_number"],
                            name="care_of_case",
                        )
                    ],
                },
            ),
        ),
    ]
