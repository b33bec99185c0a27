"""Which site Django's administration is."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """Administration by our own site."""

    default_site = "dianliang.faces.ui.administration.Site"
