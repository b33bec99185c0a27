"""Django's entry to this room."""

from django.apps import AppConfig


class MobilisationConfig(AppConfig):
    """Requests for gear and teams, from the asking to the standing down."""

    name = "dianliang.domain.mobilisation"
    verbose_name = "资源调配"
    default_auto_field = "django.db.models.BigAutoField"
