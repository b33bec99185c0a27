"""Django's entry to this room."""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    """Who is on duty when: without gap, overlap or unlawful hours."""

    name = "dianliang.domain.rosters"
    verbose_name = "值班"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let everybody who asks whether somebody is free hear of rosters, too."""
        from dianliang.domain.rosters.queries import engagements
        from dianliang.domain.workforce import availability

        availability.engaged_by(engagements)
