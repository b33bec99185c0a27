"""Django's entry to this room."""

from django.apps import AppConfig


class GridProjectsConfig(AppConfig):
    """Grid projects with task forces (电网建设项目): milestones, baselines, local issues."""

    name = "dianliang.domain.grid_projects"
    verbose_name = "电网工程"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"StepTemplate": "steps.json", "IssueKind": "issues.json"}
