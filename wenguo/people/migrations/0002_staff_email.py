"""Staff may have an address to which mail goes out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.AddField("staff", "email", models.EmailField(blank=True, max_length=254))]
