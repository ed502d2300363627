"""The plural of a hand-over in the technical admin; nothing in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0014_changes_decided"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="handover",
            options={"ordering": ["recorded_at", "id"], "verbose_name": "afgifte", "verbose_name_plural": "afgiftes"},
        ),
    ]
