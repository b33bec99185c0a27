"""The background worker: takes jobs from the queue, and looks at the clock once a minute."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from django.db import DatabaseError, close_old_connections

from dianliang.core import drafts, jobs, limits, seal
from dianliang.domain.hours.operations import posting as hour_posting
from dianliang.domain.mobilisation import positions
from dianliang.domain.work import phone_keys
from dianliang.flows import (
    agreeing,
    auditing,
    closing,
    giving_hours,
    hot,
    identity,
    importing,
    learning,
    safety,
)
from dianliang.flows.activities import planning as activities
from dianliang.flows.activities import repeating
from dianliang.flows.alerts import polling
from dianliang.flows.booking import clock
from dianliang.flows.branches import linking, registering
from dianliang.flows.campaigns import following, listing, opening
from dianliang.flows.demo import loading as demo_loading
from dianliang.flows.dispatching import forcing
from dianliang.flows.ledgers import earning
from dianliang.flows.linewatch import retaining
from dianliang.flows.linewatch import sending as linewatch_sending
from dianliang.flows.linewatch import speakers as linewatch_speakers
from dianliang.flows.measuring import projects as measuring
from dianliang.flows.outreach import audience as outreach_audience
from dianliang.flows.outreach import sending as outreach_sending
from dianliang.flows.planning import drafting, roads
from dianliang.flows.readings import intake
from dianliang.flows.relief import planning as relieving
from dianliang.flows.relief import screening
from dianliang.flows.rosters import making
from dianliang.flows.staffing import lists as staff_lists
from dianliang.flows.staffing import people as staff
from dianliang.flows.staffing import teams as staff_teams
from dianliang.flows.studies import grid as grid_study
from dianliang.flows.studies import season as season_study
from dianliang.flows.studies import zone as zone_study
from dianliang.flows.themes import applying
from dianliang.flows.village_file import exporting as village_export
from dianliang.flows.village_file import versions as village_versions
from dianliang.flows.voices import mailbox
from dianliang.kernel.actor import SYSTEM

Clock = Callable[[], datetime]
Chore = Callable[[datetime], object]

IDLE_S = 0.5
CHORES_EVERY = timedelta(minutes=1)
CHORES: tuple[Chore, ...] = (
    lambda at: seal.seal_settled(at=at),
    lambda at: limits.forget_old(at=at),
    lambda at: drafts.forget_old(at=at),
    lambda at: identity.forget_sessions(at=at),
    lambda at: closing.archive_unrated(at=at),
    lambda at: agreeing.end_expired(at=at),
    lambda at: linking.follow_the_clock(at=at),
    lambda at: registering.dissolve_expired(at=at),
    lambda at: applying.order_if_due(at=at),
    lambda at: roads.order_if_due(at=at),
    lambda at: importing.renew_calendar(at=at),
    lambda at: learning.order_if_due(at=at),
    lambda at: hot.order_if_due(at=at),
    lambda at: following.follow_jobs(at=at),
    lambda at: safety.escalate_overdue(at=at),
    lambda at: safety.renew_rechecks(at=at),
    lambda at: activities.follow_clock(at=at),
    lambda at: repeating.make_all_due(at=at),
    lambda at: phone_keys.forget_old(at=at),
    lambda at: positions.forget(at=at),
    lambda at: village_versions.order_if_due(at=at),
    lambda at: village_export.forget_old(at=at),
    lambda at: giving_hours.take_in_ended(at=at),
    lambda at: giving_hours.publish_due(at=at),
    lambda at: earning.enter_due(at=at),
    lambda at: hour_posting.retract_owed(by=SYSTEM, at=at),
    lambda at: staff_teams.end_due(at=at),
    lambda at: staff.follow_the_clock(at=at),
    lambda at: staff_lists.forget_old(at=at),
    lambda at: intake.forget_old(at=at),
    lambda at: clock.move_due(at=at),
    lambda at: mailbox.rest(at=at),
    lambda at: polling.order_due(at=at),
    lambda at: retaining.delete_due(at=at),
)
"""What is due every minute whoever asks: rows with due dates are scanned, not timed one by one."""

HANDLERS = (
    forcing.force_in_background,
    drafting.solve_in_background,
    auditing.check_in_background,
    roads.refresh_in_background,
    learning.learn_in_background,
    hot.look_in_background,
    listing.freeze_in_background,
    opening.open_in_background,
    making.arrange_in_background,
    applying.apply_in_background,
    village_versions.keep_in_background,
    village_export.export_in_background,
    outreach_audience.prepare_in_background,
    outreach_sending.send,
    polling.poll_in_background,
    measuring.compute_in_background,
    screening.screen_in_background,
    relieving.propose_in_background,
    grid_study.in_background,
    season_study.in_background,
    zone_study.in_background,
    intake.look_in_background,
    intake.take_in_background,
    demo_loading.draw_in_background,
    linewatch_sending.tell_in_background,
    linewatch_speakers.try_in_background,
)
"""Naming the handlers here is what registers them in a worker."""

log = logging.getLogger(__name__)


def work(*, owner: str, clock: Clock, stop: Event, runs_chores: bool = True) -> None:
    """Work until `stop` is set; a database that is away for a while is waited for."""
    chores_at = clock()
    while not stop.is_set():
        close_old_connections()
        try:
            if runs_chores and clock() >= chores_at:
                run_chores(clock())
                chores_at = clock() + CHORES_EVERY
            busy = jobs.run_next(owner=owner, clock=clock)
        except DatabaseError:
            log.exception("数据库暂不可用，稍后再试")
            busy = False
        if not busy:
            stop.wait(IDLE_S)


def run_chores(at: datetime) -> None:
    """Do what is due every minute."""
    for chore in CHORES:
        chore(at)
