import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # References stand in CreateModel: one that AddField adds is checked at once for the rest of the transaction, and a
    # restore fills tables in the order of their names.
    dependencies = [
        ("cases", "0009_stock_takes"),
        ("people", "0005_calendars"),
        ("vehicles", "0003_first_readings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="people.branch"),
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
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Watched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("latest", models.BigIntegerField(default=0)),
                ("before", models.BigIntegerField(default=0)),
                ("whole_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("opened_for__isnull", False)),
                fields=["process", "branch", "opened_at", "id"],
                name="case_opened_for",
            ),
        ),
    ]
