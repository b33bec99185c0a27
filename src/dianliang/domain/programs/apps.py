"""Django's entry to this room."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """What teams do together: campaigns, sessions, lectures, courses, and who took part."""

    name = "dianliang.domain.programs"
    verbose_name = "活动"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"LectureTopic": "lecture_topics.json"}
