"""Django's entry to this room."""

from django.apps import AppConfig


class TalksConfig(AppConfig):
    """Talks of four steps, read by the two who hold them."""

    name = "dianliang.domain.talks"
    verbose_name = "谈心谈话"
    default_auto_field = "django.db.models.BigAutoField"
