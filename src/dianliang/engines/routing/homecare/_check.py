"""Check a home-care plan against its problem by simulation. Shares no code with the solver."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from dianliang.engines.routing.homecare._model import (
    Carer,
    Customer,
    HomeCarePlan,
    HomeCareProblem,
    Round,
)

TOLERANCE = 1e-6
"""Begins are sums of a few hundred numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCareViolation:
    """A rule that a plan breaks."""

    rule: str
    customer_id: str
    carer_id: str
    words: str


def check(problem: HomeCareProblem, plan: HomeCarePlan) -> tuple[HomeCareViolation, ...]:
    """Return every rule that a plan breaks; an empty tuple means that it can be carried out.

    The rules are those of the published validator: every care of every customer exactly once, by
    somebody able; nobody begins before the appointment opens, nor before he can be there; the cares
    of a pair by two people, as far apart in time as agreed; and the cost as stated.
    """
    carers = {carer.id: carer for carer in problem.carers}
    customers = {customer.id: customer for customer in problem.customers}
    unknown = tuple(_unknown(plan, carers, customers))
    if unknown:
        return unknown
    return tuple(
        chain(
            _once(problem, plan),
            *(_followed(problem, round_, carers, customers) for round_ in plan.rounds),
            *(_together(customer, plan) for customer in problem.customers),
            _priced(problem, plan, carers, customers),
        )
    )


def _broken(rule: str, words: str, *, customer: str = "", carer: str = "") -> HomeCareViolation:
    return HomeCareViolation(rule=rule, customer_id=customer, carer_id=carer, words=words)


def _unknown(
    plan: HomeCarePlan, carers: dict[str, Carer], customers: dict[str, Customer]
) -> Iterator[HomeCareViolation]:
    for id_, count in Counter(round_.carer_id for round_ in plan.rounds).items():
        if id_ not in carers or count > 1:
            yield _broken("carer", f"电管家 {id_} 不在本计划内，或有两条线路。", carer=id_)
    for round_ in plan.rounds:
        for visit in round_.visits:
            known = customers.get(visit.customer_id)
            if known is None or not 0 <= visit.care < len(known.cares):
                words = f"客户 {visit.customer_id} 没有第 {visit.care + 1} 项服务。"
                yield _broken("customer", words, customer=visit.customer_id, carer=round_.carer_id)


def _once(problem: HomeCareProblem, plan: HomeCarePlan) -> Iterator[HomeCareViolation]:
    done = Counter((v.customer_id, v.care) for round_ in plan.rounds for v in round_.visits)
    for customer in problem.customers:
        for care in range(len(customer.cares)):
            if done[customer.id, care] != 1:
                words = (
                    f"客户 {customer.id} 的第 {care + 1} 项服务排了 {done[customer.id, care]} 次。"
                )
                yield _broken("once", words, customer=customer.id)


def _followed(
    problem: HomeCareProblem,
    round_: Round,
    carers: dict[str, Carer],
    customers: dict[str, Customer],
) -> Iterator[HomeCareViolation]:
    carer = carers[round_.carer_id]
    free_at, place = carer.starts_at, carer.place
    for visit in round_.visits:
        customer = customers[visit.customer_id]
        care = customer.cares[visit.care]
        who = {"customer": customer.id, "carer": carer.id}
        if care.skill not in carer.skills:
            yield _broken("skill", f"{carer.id} 不具备“{care.skill}”。", **who)
        if not visit.begin_at >= customer.opens_at - TOLERANCE:
            yield _broken("opens", f"客户 {customer.id} 的预约还没开始。", **who)
        there_at = free_at + float(problem.travel[place, customer.place])
        if not visit.begin_at >= there_at - TOLERANCE:
            yield _broken("travel", f"{carer.id} 来不及赶到客户 {customer.id}。", **who)
        free_at, place = visit.begin_at + care.duration, customer.place


def _together(customer: Customer, plan: HomeCarePlan) -> Iterator[HomeCareViolation]:
    found = sorted(
        (visit.care, visit.begin_at, round_.carer_id)
        for round_ in plan.rounds
        for visit in round_.visits
        if visit.customer_id == customer.id
    )
    if [care for care, _, _ in found] != [0, 1]:
        return
    (_, begin, one), (_, then, two) = found
    if one == two:
        words = f"客户 {customer.id} 的两项服务应由两位电管家承担。"
        yield _broken("pair", words, customer=customer.id, carer=one)
    if not customer.lag_from - TOLERANCE <= then - begin <= customer.lag_to + TOLERANCE:
        words = f"客户 {customer.id} 的两项服务间隔不符合约定。"
        yield _broken("lag", words, customer=customer.id)


def _priced(
    problem: HomeCareProblem,
    plan: HomeCarePlan,
    carers: dict[str, Carer],
    customers: dict[str, Customer],
) -> Iterator[HomeCareViolation]:
    travel, late = 0.0, [0.0]
    for round_ in plan.rounds:
        home = carers[round_.carer_id].place
        way = [home, *(customers[visit.customer_id].place for visit in round_.visits), home]
        travel += sum(float(problem.travel[a, b]) for a, b in pairwise(way))
        late += [
            max(0.0, visit.begin_at - customers[visit.customer_id].due_at)
            for visit in round_.visits
        ]
    w, cost = problem.weights, plan.cost
    total = w.travel * travel + w.total_tardiness * sum(late) + w.worst_tardiness * max(late)
    told = (cost.travel, cost.total_tardiness, cost.worst_tardiness, cost.total)
    if not all(map(_is_near, told, (travel, sum(late), max(late), total))):
        yield _broken("cost", f"计划写明的代价是 {cost.total:.3f}，实为 {total:.3f}。")


def _is_near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-4)
