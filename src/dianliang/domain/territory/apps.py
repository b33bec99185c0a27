"""Django's entry to this room."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    """Areas of the tree 省-市-县-乡镇-村-网格: where things are."""

    name = "dianliang.domain.territory"
    verbose_name = "区域"
    default_auto_field = "django.db.models.BigAutoField"
    reference_models = ("Area", "PlaceName", "RoadTable")
