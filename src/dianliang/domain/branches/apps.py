"""Django's entry to this room."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    """Party branches at work: pairings, meetings, topics, tasks, talks, contests."""

    name = "dianliang.domain.branches"
    verbose_name = "党建"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {
        "PostKind": "posts.json",
        "PairingMode": "modes.json",
        "SecondmentKind": "secondments.json",
    }
