"""Django's entry to this room."""

from django.apps import AppConfig


class ReliefConfig(AppConfig):
    """Loading of transformers, and what is proposed, decided and built against it."""

    name = "dianliang.domain.relief"
    verbose_name = "台区治理"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"MeasurePrice": "prices.json"}
