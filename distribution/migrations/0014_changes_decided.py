"""What Klasse decided about a change since freezing. The release before writes rows without: all three are empty then."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0013_published_cause"),
        ("pickup_points", "0006_second_step_reset"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="pendingchange",
            name="left_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="zo gelaten op"),
        ),
        migrations.AddField(
            model_name="pendingchange",
            name="left_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="zo gelaten door",
            ),
        ),
        migrations.AddField(
            model_name="pendingchange",
            name="to_point",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pickup_points.pickuppoint",
                verbose_name="afhaalpunt dat het zou worden",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "wacht op een tweede paar ogen"),
                    ("waiting", "wacht op zijn beurt"),
                    ("running", "bezig"),
                    ("done", "klaar"),
                    ("refused", "geweigerd"),
                    ("failed", "mislukt"),
                    ("called_off", "niet doorgegaan"),
                ],
                max_length=10,
                verbose_name="toestand",
            ),
        ),
        migrations.AddConstraint(
            model_name="pendingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_at", None), ("left_by", None)),
                    models.Q(("left_at__isnull", False), ("left_by__isnull", False)),
                    _connector="OR",
                ),
                name="pending_change_left_at_and_by_go_together",
            ),
        ),
    ]
