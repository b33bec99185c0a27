"""Lead a grid worker (网协员) from the first talk to a grid cell, and off it again."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce import grid, operations
from dianliang.domain.workforce.models import GridWorker
from dianliang.flows.staffing import parting
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text

CERTIFIED_FOR = timedelta(days=3 * 365)
"""What the form proposes; the company's own rule is typed over it."""


def recruit(*, name: str, phone: str, unit_code: str, by: Actor, at: datetime) -> GridWorker:
    """Take somebody in for one of the actor's stations.

    Raises:
        InvalidInputError: a field is missing or cannot be kept; it is named.
    """
    if unit_code not in dict(grid.stations_of(by)):
        raise InvalidInputError("请选择本单位范围内的供电所。", field="unit_code")
    number = clean_text(phone, field="phone", label="电话", most=24, least=1)
    if not (number.isascii() and number.replace("-", "").isdigit()):
        raise InvalidInputError("电话只能包含数字和短横线。", field="phone")
    return operations.recruit(
        name=clean_text(name, field="name", label="姓名", most=40, least=1),
        phone=number,
        unit=Unit.objects.get(code=unit_code),
        on=_day(at),
        by=by,
        at=at,
    )


def train(*, number: str, hours: int, on: date, by: Actor, at: datetime) -> GridWorker:
    """Note a training that has taken place.

    Raises:
        NotVisibleError, UnableToPlaceError: see the operation.
        InvalidInputError: it lies in the future.
    """
    if on > _day(at):
        raise InvalidInputError("培训日期不能晚于今天。", field="on")
    worker = grid.worker_to_move(number, by=by)
    return operations.train(worker=worker, hours=hours, on=on, by=by, at=at)


def certify(
    *, number: str, issued_on: date, expires_on: date, by: Actor, at: datetime
) -> GridWorker:
    """Give or renew the certificate.

    Raises:
        NotVisibleError, UnableToPlaceError: see the operation.
        InvalidInputError: it is dated in the future.
    """
    if issued_on > _day(at):
        raise InvalidInputError("发证日期不能晚于今天。", field="issued_on")
    worker = grid.worker_to_move(number, by=by)
    return operations.certify(
        worker=worker, issued_on=issued_on, expires_on=expires_on, by=by, at=at
    )


def place(*, number: str, area_code: str, by: Actor, at: datetime) -> GridWorker:
    """Put a worker on a cell of the actor's areas.

    Raises:
        NotVisibleError, UnableToPlaceError: see the operation.
        InvalidInputError: there is no such cell.
    """
    worker = grid.worker_to_move(number, by=by)
    area = grid.cells_of(by).filter(code=area_code).first()
    if area is None:
        raise InvalidInputError("请选择本单位范围内的网格。", field="area")
    return operations.place(worker=worker, area=area, on=_day(at), by=by, at=at)


def withdraw(*, number: str, reason: str, by: Actor, at: datetime) -> GridWorker:
    """Take a worker off his cell, with a reason.

    Raises:
        NotVisibleError, InvalidInputError: absent; or there is no reason.
    """
    worker = grid.worker_to_move(number, by=by)
    return operations.withdraw(worker=worker, reason=_reason(reason), by=by, at=at)


@transaction.atomic
def leave(*, number: str, reason: str, by: Actor, at: datetime) -> GridWorker:
    """Note that a worker has given up, with a reason: he leaves his teams and rosters, too.

    Raises:
        NotVisibleError, InvalidInputError: absent; or there is no reason.
    """
    worker = grid.worker_to_move(number, by=by)
    left = operations.leave(worker=worker, reason=_reason(reason), by=by, at=at)
    parting.part(person=left.person, on=_day(at), by=by, at=at)
    return left


def _reason(text: str) -> str:
    return clean_text(text, field="reason", label="原因", most=200, least=1)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
