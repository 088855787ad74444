"""Changes a table of the record. SQLite makes such a table anew, and forgets its triggers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "9001_first_readings")]

    operations = [migrations.AlterField("amendment", "reason", models.CharField(max_length=300))]
