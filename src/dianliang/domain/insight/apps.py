"""Django's entry to this room."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Figures computed from records, each drillable to them."""

    name = "dianliang.domain.insight"
    verbose_name = "指标"
    default_auto_field = "django.db.models.BigAutoField"
