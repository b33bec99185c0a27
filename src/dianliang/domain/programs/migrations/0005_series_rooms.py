from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    """A series books its room for each of its sessions."""

    dependencies = [
        ("programs", "0004_session_rooms"),
        ("venues", "0004_booking"),
    ]

    operations = [
        migrations.AddField(
            model_name="series",
            name="room",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=deletion.PROTECT,
                related_name="+",
                to="venues.bookable",
                verbose_name="所用场室",
            ),
        ),
    ]
