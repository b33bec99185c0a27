"""Django's entry to this room."""

from django.apps import AppConfig


class RenewalConfig(AppConfig):
    """Villages whose grid is rebuilt (千村改造): stages, delays, indicators."""

    name = "dianliang.domain.renewal"
    verbose_name = "千村改造"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"Stage": "stages.json", "IndicatorKind": "indicators.json"}
