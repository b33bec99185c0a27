"""Words of the rooms of branches, ratings, honours, activities and bases."""

from collections.abc import Iterator
from itertools import chain


def from_branches() -> Iterator[str]:
    """Yield the words of party branches, of themes, and of what is counted by them."""
    from dianliang.domain.branches import lifecycle
    from dianliang.domain.branches.models import Branch, Topic, TopicLead
    from dianliang.domain.branches.queries import links, meetings, register, topics
    from dianliang.flows.themes import kinds, report, tables

    tables_of = (lifecycle.BRANCH, lifecycle.PAIRING, lifecycle.ALLIANCE, lifecycle.SECONDMENT)
    for table in (*tables_of, lifecycle.MEETING, lifecycle.TASK, lifecycle.TOPIC):
        yield from chain(table.labels.values(), (row.label for row in table))
    for views in (register.VIEWS, links.PAIRING_VIEWS, links.SECONDMENT_VIEWS, tables.AXES):
        yield from views.values()
    for views in (meetings.MEETING_VIEWS, meetings.TASK_VIEWS, topics.VIEWS):
        yield from views.values()
    for choices in (Branch.Kind, Topic.Kind, Topic.Better, TopicLead.Tier):
        yield from (str(label) for label in choices.labels)
    yield from (*register.METHOD, *report.METHOD, "党建代表", "外部联建支部")
    yield from (text for _, label, unit in tables.figures() for text in (label, unit))
    for kind in kinds.KINDS:
        yield from (kind.label, *(attribute.label for attribute in kind.attributes))


def from_appraisal() -> Iterator[str]:
    """Yield the words of task lists, ratings and their rules."""
    from dianliang.domain.appraisal import lifecycle, measures
    from dianliang.domain.appraisal.models import Duty, Indicator, ListItem, RuleBook
    from dianliang.faces.console.appraisal import rounds
    from dianliang.flows.appraisal import standing

    tables = (lifecycle.EDITION, lifecycle.LIST, lifecycle.DUTY, lifecycle.ROUND)
    for table in (*tables, lifecycle.APPEAL):
        yield from chain(table.labels.values(), (row.label for row in table))
    for measure in measures.MEASURES.values():
        yield from (measure.label, measure.unit)
    yield from chain(standing.STATES.values(), rounds.KINDS.values())
    yield from ("人工", "党员", "指标", "特色动作", "全部")
    kinds = (RuleBook.Kind, RuleBook.Subject, RuleBook.Period, Duty.Kind, Indicator.Per)
    for choices in (*kinds, ListItem.Whose):
        yield from (str(label) for label in choices.labels)


def from_honours() -> Iterator[str]:
    """Yield the words of talks, calls, honours, brands and employees' appeals."""
    from dianliang.domain.brands import lifecycle as brands
    from dianliang.domain.brands import queries as brand_book
    from dianliang.domain.brands.models import Brand, BrandReview
    from dianliang.domain.honours import lifecycle as honours
    from dianliang.domain.honours.models import Call, Holder, Level
    from dianliang.domain.honours.queries import calls
    from dianliang.domain.talks import lifecycle as talks
    from dianliang.domain.talks import queries as talk_book
    from dianliang.domain.talks.models import Talk
    from dianliang.domain.voices import lifecycle as voices
    from dianliang.domain.voices import queries as voice_book
    from dianliang.domain.voices.models import Voice

    tables = (honours.CALL, honours.NOMINEE, honours.OBJECTION, honours.HONOUR)
    for table in (*tables, talks.TALK, voices.VOICE, brands.BRAND):
        yield from chain(table.labels.values(), (row.label for row in table))
    yield from (label for _, label in talks.STEPS)
    for views in (talk_book.BOOK_VIEWS, voice_book.VIEWS, calls.VIEWS, brand_book.VIEWS):
        yield from views.values()
    kinds = (Call.Electorate, Call.Ties, Holder, Level, Talk.Occasion, Voice.Channel, Voice.Topic)
    for choices in (*kinds, Brand.Kind, BrandReview.Grade):
        yield from (str(label) for label in choices.labels)
    yield from ("满意", "不满意", "未评价")


def from_campaigns() -> Iterator[str]:
    """Yield the words of campaigns, presence, points of interest and ratings."""
    from dianliang.domain.programs import lifecycle as programs
    from dianliang.domain.programs.models import Correction, PresenceDuty
    from dianliang.domain.venues import rating
    from dianliang.domain.venues.models import PointOfInterest
    from dianliang.flows import site_ratings
    from dianliang.flows.campaigns import choices

    for lifecycle in (programs.CAMPAIGN, programs.TARGET):
        yield from lifecycle.labels.values()
    for offered in (choices.SOURCES, choices.PROOFS, choices.REASONS, choices.SITE_KINDS):
        yield from (label for _, label in (*offered, *choices.WHO, *choices.PHOTO_KINDS))
    yield from (str(label) for label in Correction.Kind.labels)
    yield from (str(label) for label in (*PresenceDuty.Kind.labels, *PointOfInterest.Kind.labels))
    yield from (*rating.SUBJECTS.values(), *site_ratings.METHOD)
    for measure in site_ratings.MEASURES.values():
        yield from (measure.label, measure.good_label)


def from_activities() -> Iterator[str]:
    """Yield the words of sessions, lectures, offers and courses."""
    from dianliang.domain.programs import lifecycle as programs
    from dianliang.domain.programs.models import SessionAttendance, Signup
    from dianliang.domain.programs.models.series import Kind, SignupRole
    from dianliang.domain.programs.operations.attending import DOUBTS
    from dianliang.domain.workforce import gate
    from dianliang.flows.activities import lecture_asking, offer_pages, pages, repeating

    tables = (programs.SESSION, programs.SIGNUP, programs.LECTURE, programs.OFFER)
    for lifecycle in (*tables, programs.COURSE, programs.ENROLMENT):
        yield from chain(lifecycle.labels.values(), (row.label for row in lifecycle))
    for choices in (Kind, SignupRole, Signup.Channel, SessionAttendance.Way):
        yield from (str(label) for label in choices.labels)
    offered = (repeating.FREQUENCIES, repeating.ON_HOLIDAY, repeating.WEEKDAYS, repeating.NTHS)
    yield from (label for _, label in (*chain(*offered), *offer_pages.WAYS))
    yield from (label for _, label in lecture_asking.ASKERS)
    yield from chain(DOUBTS.values(), pages.VIEWS.values(), offer_pages.LABELS.values())
    yield from ("当天不办", "改到", "报名已截止")
    yield from chain(repeating.RULE_WORDS.values(), gate.WORDS.values())
    yield from ("；", "，", "、")


def from_bases() -> Iterator[str]:
    """Yield the words of bases: kinds, hours, checks, figures, notices."""
    from dianliang.domain.insight import base_checks, base_figures, bases
    from dianliang.domain.venues import keepers, notices, opening, proofs, queries, sites, standards
    from dianliang.domain.venues.lifecycle import NOTICE, PROOF
    from dianliang.flows.bases import figures, gaps

    for table in (NOTICE, PROOF):
        yield from chain(table.labels.values(), (row.label for row in table))
    for offered in (sites.KINDS, sites.VENUE_TYPES, proofs.KINDS, notices.KINDS):
        yield from (label for _, label in offered)
    yield from (label for _, label in (*opening.ON_HOLIDAYS, *opening.ON_MAKE_UP))
    yield from (*opening.WEEKDAYS, *opening.REASONS, bases.WHOLE, keepers.NOBODY)
    yield from chain(base_checks.STATE_LABELS.values(), base_checks.WAYS.values())
    for figure in base_figures.FIGURES.values():
        yield from filter(None, (figure.label, figure.good_label))
    yield from (*figures.METHOD, figures.SCORE_LABEL, figures.SOUND, queries.UNPLACED_NAME)
    yield from chain(
        [standards.SHIPPED.name], *((i.name, i.words) for i in standards.SHIPPED.items)
    )
    yield from (*gaps.DUTIES.values(), *gaps.DUTY_WORDS.values(), gaps.UNKNOWN_HOURS)


def from_booking() -> Iterator[str]:
    """Yield the words of rooms and gear and of who has them."""
    from dianliang.domain.venues.booking.keeping import TYPES
    from dianliang.domain.venues.booking.opening import WEEKDAYS
    from dianliang.domain.venues.booking.use_records import FIGURES
    from dianliang.domain.venues.lifecycle import BOOKING
    from dianliang.domain.venues.models import Bookable
    from dianliang.faces.console.booking import asking, desk, reading, using
    from dianliang.flows.booking import desk as queue
    from dianliang.flows.booking.using import METHOD

    yield from chain(BOOKING.labels.values(), (row.label for row in BOOKING))
    yield from chain(TYPES.values(), WEEKDAYS, METHOD, queue.VIEWS.values(), FIGURES.values())
    for offered in (asking.REPEATS, desk.KINDS, reading.NUMBERS, using.VIEWS):
        yield from (label for _, label in offered)
    for choices in (Bookable.Kind, Bookable.Audience):
        yield from (str(label) for label in choices.labels)
    yield from ("预约人取消", "开始前没有人审批，系统自动取消。", "不是工作日")
