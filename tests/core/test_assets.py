"""The static files can be gathered for `serve`: every file that another names is there."""

from django.core.management import call_command

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
