from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    """A session knows its room, and a lecture may be asked for by anybody."""

    dependencies = [
        ("programs", "0003_sessions_lectures_offers_courses"),
        ("venues", "0004_booking"),
    ]

    operations = [
        migrations.AddField(
            model_name="lecturerequest",
            name="phone_index",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="电话指纹"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lecturerequest",
            name="token_hash",
            field=models.CharField(
                blank=True, max_length=64, null=True, unique=True, verbose_name="链接指纹"
            ),
        ),
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
