"""Clocks keep what they were given, rest while they are paused, and climb a ladder. Those that run already are due when
they were promised to be, as if that moment had been agreed on."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models import F, Q

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def next_is_due(apps, schema_editor):
    """Somebody next hears of a running clock when it is due; of one told already, nobody does."""
    running = apps.get_model("cases", "Clock").objects.filter(stopped_at=None)
    running.filter(overdue_at=None).update(next_at=F("due_at"))
    running.exclude(overdue_at=None).update(rung="due")


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_notices_out")]

    operations = [
        migrations.RemoveIndex("clock", "clock_due"),
        migrations.AddField(
            "clock", "counts", models.CharField(default="moment", max_length=20), preserve_default=False
        ),
        migrations.AddField("clock", "amount", models.IntegerField(default=0)),
        migrations.AddField("clock", "pauses", models.JSONField(default=list)),
        migrations.AddField("clock", "paused_at", models.DateTimeField(null=True)),
        migrations.AddField("clock", "rung", models.CharField(blank=True, max_length=8)),
        migrations.AddField("clock", "next_at", models.DateTimeField(default=NEVER)),
        migrations.AlterField(
            "errand", "cause", models.ForeignKey("cases.Entry", models.PROTECT, null=True, related_name="+")
        ),
        migrations.CreateModel(
            "Reckoned",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amendment", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(next_is_due, migrations.RunPython.noop),
        migrations.AddIndex(
            "clock", models.Index(fields=["next_at", "id"], name="clock_next", condition=Q(stopped_at__isnull=True))
        ),
    ]
