"""Django's entry to this room."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What can be asked for, and the themes that any record may carry."""

    name = "dianliang.domain.catalog"
    verbose_name = "服务目录"
    default_auto_field = "django.db.models.BigAutoField"
    reference_models = (
        "Skill",
        "Service",
        "Promise",
        "CalendarDay",
        "LexiconVersion",
        "WordChange",
        "Checklist",
        "ChecklistVersion",
        "ChecklistItem",
    )
    shipped = {"Theme": "themes.json"}
