"""Django's entry to this room."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """Audiences, messages, channels, receipts."""

    name = "dianliang.domain.outreach"
    verbose_name = "宣传触达"
    default_auto_field = "django.db.models.BigAutoField"
