"""Django's entry to this room."""

from django.apps import AppConfig


class KeyCustomersConfig(AppConfig):
    """Key customers: grade, feeding equipment, own supplies, tie-in, and their supply over time."""

    name = "dianliang.domain.key_customers"
    verbose_name = "重要客户"
    default_auto_field = "django.db.models.BigAutoField"
