"""Why a published figure is an estimate. The release before writes no such column: the database fills it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("distribution", "0012_release_before_still_works")]

    operations = [
        migrations.AddField(
            model_name="publishedfigures",
            name="cause",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="oorzaak"),
        ),
    ]
