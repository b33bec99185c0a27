from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mobilisation", "0005_line_corrections"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="told",
            field=models.JSONField(blank=True, null=True, verbose_name="说明的句式"),
        ),
    ]
