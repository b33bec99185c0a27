"""Views of the queue that people keep: save, rename, share within the unit, delete."""

from django.db import transaction

from dianliang.domain.intake.models import SavedFilter
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase

MOST_KEPT = 30


class UnableToKeepFilterError(DomainError):
    """The view cannot be kept under this name."""

    code = "intake.unable-to-keep-filter"


@transaction.atomic
def keep(*, name: str, query: str, is_shared: bool, by: Actor) -> SavedFilter:
    """Keep a view of the queue under a name; the same name is replaced.

    Raises:
        UnableToKeepFilterError: too many are kept already, or the view is too long.
    """
    if len(query) > 500:
        raise UnableToKeepFilterError("筛选条件太长，请减少搜索词后再存。")
    own = SavedFilter.objects.filter(owner_id=by.id)
    if own.exclude(name=name).count() >= MOST_KEPT:
        raise UnableToKeepFilterError(
            Phrase("最多存 %(most)s 个常用筛选，请先删除不用的。", most=MOST_KEPT)
        )
    values = {
        "query": query,
        "owner_name": by.name,
        "shared_with": by.unit_code if is_shared else "",
    }
    return SavedFilter.objects.update_or_create(owner_id=by.id, name=name, defaults=values)[0]


@transaction.atomic
def change(*, name: str, new_name: str, is_shared: bool, by: Actor) -> SavedFilter:
    """Rename one's own view, and share it with one's unit or stop doing so.

    Raises:
        NotVisibleError: one keeps no view of that name.
        UnableToKeepFilterError: another one has the new name already.
    """
    found = _own(name, by=by)
    if new_name != name and SavedFilter.objects.filter(owner_id=by.id, name=new_name).exists():
        raise UnableToKeepFilterError(
            Phrase("已经有一个叫“%(new_name)s”的常用筛选。", new_name=new_name)
        )
    found.name = new_name
    found.shared_with = by.unit_code if is_shared else ""
    found.save(update_fields=["name", "shared_with"])
    return found


@transaction.atomic
def delete(*, name: str, by: Actor) -> None:
    """Delete one's own view.

    Raises:
        NotVisibleError: one keeps no view of that name.
    """
    _own(name, by=by).delete()


def _own(name: str, *, by: Actor) -> SavedFilter:
    found = SavedFilter.objects.filter(owner_id=by.id, name=name).first()
    if found is None:
        raise NotVisibleError("没有这个常用筛选，可能已被删除。")
    return found
