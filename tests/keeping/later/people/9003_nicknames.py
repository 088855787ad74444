"""Adds a column to a table with rows in it, and a table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "9002_longer_field")]

    operations = [
        migrations.AddField("branch", "nickname", models.CharField(max_length=20, default="老店")),
        migrations.CreateModel(
            "Nickname",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("branch", models.ForeignKey("people.Branch", models.PROTECT)),
            ],
        ),
    ]
