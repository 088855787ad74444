"""All tables of the first release."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wenguo.people.many_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0010_early_warning"),
        ("people", "0005_calendars"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Outlet",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("name", models.CharField(max_length=60)),
                    ("host", models.CharField(max_length=260)),
                    ("address", models.TextField()),
                    ("secret", models.TextField(blank=True)),
                    ("wants", models.CharField(default="all", max_length=10)),
                    ("language", models.CharField(default="zh-hans", max_length=10)),
                    ("on", models.BooleanField(default=True)),
                    ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.branch")),
                ],
            ),
            migrations.CreateModel(
                name="Wish",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("mail", models.CharField(default="alarm", max_length=10)),
                    ("sms", models.CharField(default="none", max_length=10)),
                    ("mobile", models.CharField(blank=True, max_length=30)),
                    ("quiet_from", models.CharField(blank=True, max_length=5)),
                    ("quiet_until", models.CharField(blank=True, max_length=5)),
                    ("breaks_through", models.BooleanField(default=True)),
                    ("digest_at", models.CharField(blank=True, max_length=5)),
                    ("language", models.CharField(default="zh-hans", max_length=10)),
                    (
                        "staff",
                        models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Posting",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("next_try_at", models.DateTimeField()),
                    ("sent_at", models.DateTimeField(null=True)),
                    ("alarm", models.BooleanField(default=False)),
                    ("tries", models.IntegerField(default=0)),
                    ("failure", models.CharField(blank=True, default="", max_length=40)),
                    ("given_up_at", models.DateTimeField(null=True)),
                    ("together", models.BigIntegerField(default=0)),
                    (
                        "entry",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cases.entry"
                        ),
                    ),
                    (
                        "outlet",
                        models.ForeignKey(
                            db_index=False, on_delete=django.db.models.deletion.PROTECT, to="notify.outlet"
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                            fields=["outlet", "next_try_at", "id"],
                            name="posting_waiting",
                        ),
                        models.Index(
                            condition=models.Q(("given_up_at__isnull", False)),
                            fields=["given_up_at"],
                            name="posting_given_up",
                        ),
                        models.Index(
                            condition=models.Q(("sent_at__isnull", False)),
                            fields=["outlet", "-sent_at"],
                            name="posting_lately",
                        ),
                    ],
                    "constraints": [models.UniqueConstraint(fields=("entry", "outlet"), name="posting_once")],
                },
            ),
        ),
    ]
