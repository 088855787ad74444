"""Seals cover amendments as well as entries, and only one can follow another. No seal was written before this."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_given")]

    operations = [
        migrations.AddField("seal", "what", models.CharField(default="entry", max_length=10)),
        migrations.AlterField("seal", "prev", models.CharField(max_length=64, unique=True)),
        migrations.AddIndex("seal", models.Index(fields=["what", "last"], name="seal_of")),
    ]
