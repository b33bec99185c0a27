"""Django's entry to this room."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Organisations and what their people may do for them."""

    name = "dianliang.domain.directory"
    verbose_name = "单位"
    default_auto_field = "django.db.models.BigAutoField"
    reference_models = ("Unit", "RoutingRule", "RuleVersion")
    shipped = {"PowerKind": "powers.json"}
