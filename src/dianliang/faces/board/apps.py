"""Django's entry to this face."""

from django.apps import AppConfig


class BoardConfig(AppConfig):
    """The board face."""

    name = "dianliang.faces.board"
