"""The static files are built once and can be gathered: every file that another names is there."""

from concurrent.futures import ThreadPoolExecutor

from django.core.management import call_command

from dianliang.core import assets
from dianliang.core.assets import ensure_assets


def test_static_files_are_gathered_with_their_fingerprints(settings, tmp_path):
    ensure_assets()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "static" / "staticfiles.json").exists()
    assert (tmp_path / "static" / "field" / "app.js").exists()


def test_those_who_start_together_fetch_the_libraries_once(monkeypatch, tmp_path):
    ensure_assets()
    fetched = []
    monkeypatch.setattr(assets, "DIST", tmp_path / "dist")
    monkeypatch.setattr(assets, "STAMP", tmp_path / "dist" / "built-from.txt")
    monkeypatch.setattr(assets, "_install", lambda: fetched.append(1))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ensure_assets(), range(4)))

    assert fetched == [1]
    assert (tmp_path / "dist" / "htmx.js").exists()
