"""All tables of the first release.

Named as the last of those that it took the place of, so that a database which had them has had it.
"""

from django.db import migrations, models

from wenguo.people.many_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Attempt",
                fields=[
                    ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ("count", models.IntegerField(default=0)),
                    ("since", models.DateTimeField(db_index=True)),
                ],
            ),
            migrations.CreateModel(
                name="Done",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("actor", models.CharField(max_length=40)),
                    ("key", models.CharField(max_length=64)),
                    ("target", models.CharField(blank=True, max_length=200)),
                    ("at", models.DateTimeField(db_index=True)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("actor", "key"), name="done_once")],
                },
            ),
        ),
    ]
