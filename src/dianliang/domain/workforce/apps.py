"""Django's entry to this room."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    """Who serves: people, teams, certificates, absences."""

    name = "dianliang.domain.workforce"
    verbose_name = "人员与队伍"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"ChargeKind": "charge_kinds.json", "RoleKind": "role_kinds.json"}
