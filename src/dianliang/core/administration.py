"""The administration site, without knowing who may enter it."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from dianliang.kernel.actor import Actor


class Administration(admin.AdminSite):
    """The site; an outer floor says who asks and what time it is."""

    site_header = gettext_lazy("点亮 · 管理")
    site_title = gettext_lazy("点亮")
    index_title = gettext_lazy("基础数据与账号")

    def register(self, model_or_iterable: Any, *admins: Any, **options: Any) -> None:
        """Take models in, and have their names and those of their fields told in any language."""
        given = model_or_iterable
        models = [given] if isinstance(given, type) else list(given)
        super().register(models, *admins, **options)
        for model in models:
            _name_in_any_language(model)

    def actor(self, request: HttpRequest) -> Actor:
        """Return the administrator who asks."""
        raise NotImplementedError

    def now(self) -> datetime:
        """Return the time of the request."""
        raise NotImplementedError


def _name_in_any_language(model: type[Model]) -> None:
    """Look names up when they are shown: a model's Chinese names are the messages themselves."""
    app = apps.get_app_config(model._meta.app_label)
    named = (app, model._meta, *model._meta.concrete_fields)
    for one in named:
        for which in ("verbose_name", "verbose_name_plural", "help_text"):
            words = getattr(one, which, "")
            if words and not isinstance(words, Promise):
                setattr(one, which, gettext_lazy(words))
