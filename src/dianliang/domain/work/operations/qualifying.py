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
from dianliang.kernel.phrases import Phrase, joined


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
        message = Phrase(
            "上门单 %(number)s 需要持证上岗：%(told)s请退单，或换一位持证人员。",
            number=visit.number,
            told=gate.told(lacks),
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
                yield Phrase(
                    "工单 %(job)s 不能派给%(team)s：%(why)s",
                    job=needed[code],
                    team=duty.team.name,
                    why=joined("；", (lack.words for lack in lacks)) or Phrase("当日无人在岗"),
                )
            if not duty.is_staffed and not needed:
                told = Phrase(
                    "工单 %(job)s 不能派给%(team)s：%(on)s 无人在岗",
                    job=numbers[0],
                    team=duty.team.name,
                    on=f"{on:%m-%d}",
                )
                is_one = len(numbers) == 1
                yield (
                    told if is_one else Phrase("%(told)s（共 %(n)d 项）", told=told, n=len(numbers))
                )
