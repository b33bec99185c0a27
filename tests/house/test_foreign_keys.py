"""Rules of the house that no linter knows."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]


def stack() -> list[frozenset[str]]:
    """Read the domain stack, outer to inner, from the import contracts."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == "domain")
    return [
        frozenset(name.strip(" ()") for name in layer.split("|")) for layer in contract["layers"]
    ]


def depth(app_label: str) -> int:
    """Return how far inside an app lies; infrastructure, then the framework, is innermost."""
    for number, layer in enumerate(stack()):
        if app_label in layer:
            return number
    return len(stack()) + (app_label != "core")


def test_foreign_keys_point_inwards():
    """A key by string escapes the import linter; it must follow the same stack."""
    crossing = []
    for model in apps.get_models():
        mine = model._meta.app_label
        if not model.__module__.startswith("dianliang."):
            continue
        for field in model._meta.get_fields():
            if not (field.concrete and field.is_relation and field.related_model):
                continue
            theirs = field.related_model._meta.app_label
            if mine != theirs and depth(mine) >= depth(theirs):
                crossing.append(f"{model.__name__}.{field.name}")
    assert crossing == []


def test_audit_trail_has_no_foreign_keys():
    event = apps.get_model("core", "AuditEvent")

    assert not [field for field in event._meta.get_fields() if field.is_relation]


def test_every_model_and_field_has_a_chinese_name():
    translation.activate("zh-hans")  # names are looked up when they are shown
    nameless = []
    for model in apps.get_models():
        if not model.__module__.startswith("dianliang."):
            continue
        names = {str(model._meta.verbose_name): model.__name__}
        names |= {
            str(field.verbose_name): f"{model.__name__}.{field.name}"
            for field in model._meta.fields + model._meta.many_to_many
            if field.name not in {"id", "password", "last_login", "is_superuser"}
            and field.name not in {"groups", "user_permissions"}
        }
        nameless += [where for name, where in names.items() if name.isascii()]
    assert nameless == []
