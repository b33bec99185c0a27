from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    """A session knows its room, and a lecture may be asked for by anybody."""

    dependencies = [
        ("programs", "0003_sessions_lectures_offers_courses"),
        ("venues", "0004_booking"),
    ]

    operations = [
        migrations.AlterField(
            model_name="campaign",
            name="source",
            field=models.CharField(
                choices=[
                    ("old_households", "立户满若干年的居民户"),
                    ("enterprises", "全部企业"),
                    ("special", "特殊客户"),
                    ("people", "志愿者和队员"),
                    ("members", "全体党员"),
                    ("sites", "某类阵地点位"),
                    ("villages", "全部村社区"),
                    ("table", "Excel 名单"),
                ],
                max_length=16,
                verbose_name="名单来源",
            ),
        ),
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
