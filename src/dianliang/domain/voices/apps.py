"""Django's entry to this room."""

from django.apps import AppConfig


class VoicesConfig(AppConfig):
    """Employees' appeals, by interview and by mailbox."""

    name = "dianliang.domain.voices"
    verbose_name = "职工诉求"
    default_auto_field = "django.db.models.BigAutoField"
