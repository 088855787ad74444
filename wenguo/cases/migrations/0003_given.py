"""What was agreed on and what was given already were one state of a remedy; now they are two."""

from django.db import migrations
from django.db.models import Q


def tell_given(apps, schema_editor) -> None:
    """Given: settled at once, or carried out after it was granted."""
    remedies, entries = apps.get_model("cases", "Remedy").objects, apps.get_model("cases", "Entry").objects
    for remedy in remedies.filter(state="accepted", granted_at__isnull=False).iterator():
        later = entries.filter(case=remedy.case_id, at__gte=remedy.granted_at)
        if later.filter(Q(verb="carried_out") | Q(outcome="settled", at=remedy.granted_at)).exists():
            remedies.filter(pk=remedy.pk).update(state="given")


def tell_accepted(apps, schema_editor) -> None:
    apps.get_model("cases", "Remedy").objects.filter(state="given").update(state="accepted")


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_money_and_roles")]

    operations = [migrations.RunPython(tell_given, tell_accepted)]
