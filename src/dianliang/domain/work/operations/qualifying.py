"""Nobody goes out without the certificate that the work calls for.

`workforce.gate` says who lacks what; here, where jobs are given out, it is asked: before a plan
becomes real, and before a team says yes.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from dianliang.domain.work.models import PlannedStop, Visit
from dianliang.domain.workforce import gate
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import teams_on_duty
from dianliang.kernel.errors import DomainError


class UnqualifiedError(DomainError):
    """Nobody of the crew holds a certificate that counts on the day."""

    code = "work.unqualified"


def require_qualified(visit: Visit) -> None:
    """Refuse a visit that nobody of its team may do on its day.

    Raises:
        UnqualifiedError: the certificate and its date are named.
    """
    skill = visit.job.skill
    lacks = gate.team_lacks(visit.team, [skill.code], visit.on) if skill else ()
    if lacks:
        message = (
            f"上门单 {visit.number} 需要持证上岗：{gate.told(lacks)}请退单，或换一位持证人员。"
        )
        raise UnqualifiedError(message)


def unqualified(lines: Iterable[PlannedStop]) -> Iterator[str]:
    """Yield in words the lines of a plan that nobody of their team is there for, or may do.

    Five queries for each day of the plan, and more only for teams that lack something.
    """
    days: dict[date, dict[int, tuple[Team, dict[str, str], list[str]]]] = {}
    for line in lines:
        own = days.setdefault(line.on, {}).setdefault(line.team_id, (line.team, {}, []))
        own[2].append(line.job.number)
        if line.job.skill is not None:
            own[1].setdefault(line.job.skill.code, line.job.number)
    for on, teams in sorted(days.items()):
        for duty in teams_on_duty(teams=[team for team, _, _ in teams.values()], on=on):
            _, needed, numbers = teams[duty.team.pk]
            for code in sorted(needed.keys() - duty.skill_codes):
                lacks = gate.team_lacks(duty.team, [code], on)
                words = "；".join(lack.words for lack in lacks)
                yield f"工单 {needed[code]} 不能派给{duty.team.name}：{words or '当日无人在岗'}"
            if not duty.is_staffed and not needed:
                told = f"工单 {numbers[0]} 不能派给{duty.team.name}：{on:%m-%d} 无人在岗"
                yield f"{told}（共 {len(numbers)} 项）" if len(numbers) > 1 else told
