"""Django's entry to this room."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    """Firms' contracts, tariffs, and what their readings say in money (电靓万企)."""

    name = "dianliang.domain.enterprises"
    verbose_name = "企业用电分析"
    default_auto_field = "django.db.models.BigAutoField"
