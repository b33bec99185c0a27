from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("energy", "0002_firms_and_checks")]

    operations = [
        migrations.AddField(
            model_name="measurementproject",
            name="agreed",
            field=models.JSONField(blank=True, default=dict, verbose_name="约定"),
        ),
        migrations.AlterField(
            model_name="measurementproject",
            name="design",
            field=models.CharField(
                choices=[
                    ("weather", "整体计量：日电量对气温"),
                    ("calendar", "整体计量：日电量对日历"),
                    ("production", "按产量折算：日电量对产量"),
                    ("trial", "对照或交叉试验"),
                    ("hourly", "整体计量：小时电量对气温"),
                    ("samples", "关键参数：样本功率乘约定小时"),
                    ("bills", "校准模型：账单校准"),
                ],
                max_length=12,
                verbose_name="测量设计",
            ),
        ),
    ]
