"""Django's entry to this face."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal face."""

    name = "dianliang.faces.portal"
