"""Rows that the program brings along: kinds, stages, powers. They are there after every migration.

A row that an administrator has changed stays as it is; one that is new with a version is added.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed

SHIPPED_BY = "随程序提供"
"""What such a row says of who recorded it: nobody did."""


def load(sender: AppConfig, *, apps: Any = installed, **_: Any) -> None:
    """Add the rows of an app's `shipped` files that are missing. Called after migrating.

    `shipped` names a file under the app's folder `data` for each model; `apps` are the models as
    they stand after the migration, which may be an older one.
    """
    files: Mapping[str, str] = getattr(sender, "shipped", {})
    for name, file in files.items():
        try:
            model = apps.get_model(sender.label, name)
        except LookupError:
            continue
        for row in json.loads((Path(sender.path) / "data" / file).read_text(encoding="utf-8")):
            model.objects.get_or_create(code=row["code"], defaults=row)
