"""Django's entry to this room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Append-only double entry of typed quantities: hours, points, money, pieces."""

    name = "dianliang.domain.ledger"
    verbose_name = "账本"
    default_auto_field = "django.db.models.BigAutoField"
