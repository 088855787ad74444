"""The day's stock-take, signed off."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_clocks_that_rest"),
        ("people", "0005_calendars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "StockTake",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("signed_at", models.DateTimeField()),
                ("received", models.IntegerField()),
                ("unowned", models.IntegerField()),
                ("late", models.IntegerField()),
                ("note", models.TextField(blank=True)),
                ("branch", models.ForeignKey("people.Branch", models.PROTECT)),
                ("signed_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("branch", "day"), name="stock_take_once")],
            },
        ),
    ]
