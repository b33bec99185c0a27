"""Django's entry to this room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from dianliang.domain.ledger.finality import insist


class LedgerConfig(AppConfig):
    """Append-only double entry of typed quantities: hours, points, money, pieces."""

    name = "dianliang.domain.ledger"
    verbose_name = "账本"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"Book": "books.json", "Article": "articles.json"}

    def ready(self) -> None:
        """Have entries kept whole and final once their tables are there."""
        post_migrate.connect(insist, sender=self, dispatch_uid="dianliang.ledger")
