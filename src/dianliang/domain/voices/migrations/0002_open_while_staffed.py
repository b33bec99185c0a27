"""A desk is open while somebody is named for it: no switch besides."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("voices", "0001_initial")]

    operations = [migrations.RemoveField(model_name="desk", name="is_open")]
