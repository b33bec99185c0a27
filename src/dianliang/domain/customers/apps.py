"""Django's entry to this room."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Who is served: accounts, and customers who need special care."""

    name = "dianliang.domain.customers"
    verbose_name = "客户"
    default_auto_field = "django.db.models.BigAutoField"
