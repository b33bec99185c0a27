from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    """A session knows the room that is booked for it."""

    dependencies = [
        ("programs", "0003_sessions_lectures_offers_courses"),
        ("venues", "0004_booking"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="booking",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=deletion.PROTECT,
                related_name="session",
                to="venues.booking",
                verbose_name="所订场室",
            ),
        ),
    ]
