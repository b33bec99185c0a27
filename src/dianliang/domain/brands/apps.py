"""Django's entry to this room."""

from django.apps import AppConfig


class BrandsConfig(AppConfig):
    """Brands of branches and brand products."""

    name = "dianliang.domain.brands"
    verbose_name = "品牌"
    default_auto_field = "django.db.models.BigAutoField"
