"""Every route × every role × an object of one's own, of the neighbour, of nobody's.

A route that nobody has placed in these tables fails the first test: decide who may open it, and
whose object it shows, before it lands.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from zlib import crc32

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from dianliang.core.files import keep_image
from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.workforce.models import Charge, ChargeKind, GridWorker, Person
from dianliang.faces.ui.requests import now, today
from dianliang.flows import (
    agreeing,
    care_contacts,
    care_unlocks,
    enforcing,
    handling,
    hot,
    presence,
    tokens,
)
from dianliang.flows.alerts import taking
from dianliang.flows.campaigns import doing
from dianliang.flows.renewing import moving
from dianliang.kernel.actor import SYSTEM, Role
from tests import (
    claims,
    gear,
    hazards,
    honourworld,
    keyworld,
    ledgers,
    loaded,
    projectworld,
    reaching,
    rooms,
    studied,
    watchworld,
)
from tests import firms as firm_world
from tests import hours as hour_world
from tests import sessions as activity_world
from tests import staff as staff_world
from tests import villages as village_world
from tests.appraisals import appraised
from tests.core.test_files import photo
from tests.faces.duty import roster_and_swap
from tests.faces.routes import walk
from tests.flows.bases.things import based
from tests.flows.campaigns.lists import frozen, target
from tests.flows.incidents.things import incident_things
from tests.flows.test_photo_pairs import pair_of
from tests.flows.test_sights import sight_of
from tests.honourworld import SEARCHED, shown_of_letter, write_letter
from tests.partyworld import party_objects
from tests.town import NOON, PASSWORD

CAP = Path(__file__).parents[1] / "cases" / "cap" / "good"
STAFF = [role for role in Role if role not in {Role.RESIDENT, Role.ENTERPRISE, Role.SYSTEM}]
DESK = {Role.DISPATCHER, Role.ALLIANCE_UNIT}
CREW = {Role.STEWARD, Role.CAPTAIN}
BOARD = DESK | {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}
OPEN_SHELLS = {"field:worker", "field:manifest"}
"""What a browser fetches before anyone has logged in; holds no data."""
REVIEW = {Role.DISPATCHER, Role.ADMINISTRATOR}
STAFF_READERS = REVIEW | {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR}
BOOKERS = DESK | {Role.PARTY_AFFAIRS, Role.ADMINISTRATOR}
VILLAGE = {Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.COMMANDER, Role.ADMINISTRATOR}
BASES = {
    Role.PARTY_AFFAIRS,
    Role.DISPATCHER,
    Role.ADMINISTRATOR,
    Role.COMMANDER,
    Role.AUDITOR,
}
HOURS = {Role.PARTY_AFFAIRS, Role.DISPATCHER, Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR}
ACTIVITY = VILLAGE | {Role.AUDITOR}
GEAR = {Role.DISPATCHER, Role.COMMANDER, Role.AUDITOR, Role.PARTY_AFFAIRS}
PARTY = {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.DISPATCHER}
FOLLOWERS = {Role.DISPATCHER, Role.COMMANDER, Role.AUDITOR}
ENERGY = PARTY | {Role.ADMINISTRATOR}
FACES = {
    "console:base": BASES,
    "console:hour": HOURS,
    "console:certificate": HOURS,
    "console:appraisal_mine": STAFF_READERS | DESK,
    "console:appraisal": PARTY,
    "console:branch": PARTY,
    "console:pairing": PARTY,
    "console:meeting": PARTY,
    "console:topic": PARTY,
    "console:talk": BOARD | CREW,
    "console:vote": BOARD | CREW,
    "console:voice": (DESK | CREW | PARTY) - {Role.AUDITOR},
    "console:honour": PARTY,
    "console:media": PARTY,
    "console:brand": PARTY,
    "console:claim": ENERGY,
    "console:project": BOARD,
    "console:local_issue": BOARD,
    "console:factor": ENERGY,
    "console:carbon": ENERGY,
    "console:measuring": ENERGY,
    "console:polic": PARTY,
    "console:enterprise": ENERGY,
    "console:outreach_channel": {Role.ADMINISTRATOR},
    "console:outreach": PARTY,
    "console:theme": PARTY | {Role.ADMINISTRATOR},
    "console:guard_": FOLLOWERS,
    "console:key_customer_reveal": {Role.DISPATCHER, Role.COMMANDER},
    "console:key_": FOLLOWERS,
    "console:public_alert": PARTY,
    "console:incident_dispatch": FOLLOWERS,
    "console:incident_live": FOLLOWERS,
    "console:incident_review": FOLLOWERS,
    "console:incident_lesson": {Role.DISPATCHER, Role.COMMANDER},
    "console:incident_report_make": {Role.DISPATCHER, Role.COMMANDER},
    "console:incident": PARTY,
    "console:bulletin": PARTY,
    "console:alert_source": {Role.DISPATCHER, Role.COMMANDER, Role.ADMINISTRATOR},
    "console:review_doubts": {Role.ADMINISTRATOR},
    "console:review_settle": {Role.ADMINISTRATOR},
    "console:review": REVIEW,
    "console:drift": {Role.ADMINISTRATOR},
    "console:rules": {Role.ADMINISTRATOR},
    "console:learning": {Role.ADMINISTRATOR},
    "console:words": {Role.ADMINISTRATOR},
    "console:village": VILLAGE,
    "console:transformers": VILLAGE,
    "console:feeders": VILLAGE,
    "console:loading": VILLAGE | {Role.AUDITOR},
    "console:relief": VILLAGE | {Role.AUDITOR},
    "console:watch": {Role.DISPATCHER, Role.COMMANDER, Role.AUDITOR},
    "console:reach": VILLAGE | {Role.AUDITOR},
    "console:zone": VILLAGE | {Role.AUDITOR},
    "console:loadflow": VILLAGE | {Role.AUDITOR},
    "console:season": VILLAGE | {Role.AUDITOR},
    "console:readings": VILLAGE | {Role.AUDITOR},
    "console:outage": VILLAGE,
    "console:stations": VILLAGE,
    "console:network_table": VILLAGE,
    "console:gear_request": GEAR | {Role.CAPTAIN},
    "console:gear_strength": GEAR | {Role.CAPTAIN},
    "console:gear": GEAR,
    "console:store": GEAR,
    "console:stock_item": {Role.DISPATCHER},
    "console:shelf": CREW | {Role.DISPATCHER},
    "console:roster": FOLLOWERS | {Role.PARTY_AFFAIRS},
    "console:ledger": BOARD | CREW,
    "console:donation": BOARD,
    "console:staff": STAFF_READERS,
    "console:booking": BOOKERS | {Role.COMMANDER, Role.AUDITOR},
    "console:activit": ACTIVITY,
    "console:lecture": ACTIVITY,
    "console:course": ACTIVITY,
    "console:": DESK,
    "board:": BOARD,
    "field:": CREW,
}

OBJECTS = {
    "console:appraisal_list": "task list",
    "console:appraisal_list_sheet": "task list",
    "console:appraisal_duties": "task list",
    "console:appraisal_list_act": "task list",
    "console:appraisal_duty": "duty",
    "console:appraisal_duty_act": "duty",
    "console:appraisal_duty_file": "duty",
    "console:appraisal_person": "duty holder",
    "console:appraisal_book": "rule book",
    "console:appraisal_book_act": "rule book",
    "console:appraisal_round": "round",
    "console:appraisal_round_act": "round",
    "console:appraisal_round_file": "round",
    "console:appraisal_subject": "appraised",
    "console:appraisal_subject_act": "appraised",
    "console:appraisal_mark_file": "appraised",
    "console:appraisal_certificate": "appraised for good",
    "console:appraisal_decide": "rating appeal",
    "console:base": "base",
    "console:base_act": "base",
    "console:base_close": "base",
    "console:base_tree": "matrix",
    "console:base_tree_act": "matrix",
    "console:base_export": "matrix",
    "console:base_paper": "base proof",
    "console:base_proof_act": "base proof",
    "console:base_notice": "base notice",
    "console:base_notice_act": "base notice",
    "console:base_notice_photo": "base notice",
    "board:base_records": "base",
    "console:branch": "branch",
    "console:branch_act": "branch",
    "console:branch_alliance": "branch alliance",
    "console:branch_alliance_act": "branch alliance",
    "console:branch_secondment_act": "secondment",
    "console:pairing": "branch pairing",
    "console:pairing_act": "branch pairing",
    "console:meeting": "meeting",
    "console:meeting_act": "meeting",
    "console:meeting_minutes": "meeting",
    "console:meeting_task": "meeting task",
    "console:meeting_task_act": "meeting task",
    "console:meeting_task_file": "meeting task",
    "console:topic": "branch topic",
    "console:topic_act": "branch topic",
    "console:talk": "talk",
    "console:talk_act": "talk",
    "console:honour": "honour",
    "console:honour_photo": "honour",
    "console:honour_act": "honour",
    "console:honour_call": "call",
    "console:honour_call_act": "call",
    "console:honour_call_examine": "nominee",
    "console:honour_call_decide": "objection",
    "console:vote": "own vote",
    "console:vote_act": "own vote",
    "console:brand": "brand",
    "console:claim": "claim",
    "console:claim_act": "claim",
    "console:measuring_project": "measurement",
    "console:measuring_act": "measurement",
    "console:carbon_account": "carbon account",
    "console:carbon_paper": "carbon account",
    "console:carbon_act": "carbon account",
    "console:brand_logo": "brand",
    "console:brand_paper": "brand",
    "console:brand_act": "brand",
    "console:policy": "policy",
    "console:policy_paper": "policy",
    "console:policy_export": "policy",
    "console:policy_act": "policy",
    "console:policy_duty": "policy duty",
    "console:policy_duty_act": "policy duty",
    "console:policy_duty_file": "policy duty",
    "console:enterprise": "firm",
    "console:enterprise_report": "firm",
    "console:enterprise_tariff": "tariff",
    "console:enterprise_tariff_check": "tariff check",
    "console:enterprise_tariff_uncheck": "tariff check",
    "console:enterprise_link": "firm",
    "console:enterprise_link_back": "firm link",
    "console:enterprise_finding": "finding",
    "console:enterprise_finding_act": "finding",
    "console:outreach": "outreach",
    "console:outreach_people": "outreach",
    "console:outreach_person": "outreach",
    "console:outreach_record": "outreach",
    "console:outreach_fetch": "outreach",
    "console:outreach_act": "outreach",
    "console:gear_card": "gear",
    "console:gear_act": "gear",
    "console:gear_paper": "gear",
    "console:gear_loan": "gear loan",
    "console:gear_loan_act": "gear loan",
    "console:gear_loan_photo": "gear loan",
    "console:gear_request": "gear request",
    "console:gear_request_act": "gear request",
    "console:store": "store",
    "console:store_act": "store",
    "console:store_log": "store",
    "console:store_log_sheet": "store",
    "console:store_labels": "store",
    "console:store_count": "stock count",
    "console:store_count_act": "stock count",
    "console:shelf": "shelf",
    "console:shelf_take": "shelf",
    "console:shelf_back": "shelf",
    "console:voice": "voice",
    "console:voice_act": "voice",
    "console:theme_part": "themed",
    "console:need": "need",
    "console:split": "need",
    "console:tell": "need",
    "console:photo": "photo",
    "console:reveal": "asker",
    "console:act": "need",
    "console:need_job": "need job",
    "console:review_choose": "need",
    "console:care_file": "customer",
    "console:care_reveal": "customer",
    "console:care_agree": "customer",
    "console:care_ask": "customer",
    "console:care_consent": "customer",
    "console:care_withdraw": "customer",
    "console:care_renew": "customer",
    "console:care_end": "customer",
    "console:care_log": "customer",
    "console:care_decide": "unlock",
    "console:guard_event": "guarded event",
    "console:guard_plan": "guarded event",
    "console:guard_sheet": "guarded event",
    "console:guard_act": "guarded event",
    "console:key_customer": "key customer",
    "console:key_customer_edit": "key customer",
    "console:key_customer_reveal": "key customer",
    "console:key_customer_act": "key customer",
    "console:key_customer_table": "key table",
    "console:key_watch": "key watch",
    "console:key_watch_report": "key watch",
    "console:key_watch_sheet": "key watch",
    "console:key_watch_act": "key watch",
    "console:key_report": "key report",
    "console:key_report_correct": "key report",
    "console:key_report_photo": "key report",
    "console:public_alert": "public alert",
    "console:public_alert_read": "public alert",
    "console:public_alert_call": "public alert",
    "console:public_alert_file": "public alert",
    "console:loading_one": "loaded transformer",
    "console:relief_one": "relief proposal",
    "console:relief_sheet": "relief proposal",
    "console:relief_paper": "relief proposal",
    "console:relief_decide": "relief proposal",
    "console:relief_complete": "relief proposal",
    "console:relief_state": "relief proposal",
    "console:watch_camera": "watch camera",
    "console:watch_view": "watch camera",
    "console:watch_zones": "watch camera",
    "console:watch_rules": "watch camera",
    "console:watch_source": "watch camera",
    "console:watch_move": "watch camera",
    "console:watch_speakers": "watch camera",
    "console:watch_speaker": "watch speaker",
    "console:watch_miss": "watch camera",
    "console:watch_decide": "watch camera",
    "console:watch_sign": "watch camera",
    "console:watch_sign_photo": "watch camera",
    "console:watch_event": "watch event",
    "console:watch_answer": "watch event",
    "console:watch_ask": "watch event",
    "console:watch_send": "watch event",
    "console:watch_picture": "watch event",
    **dict.fromkeys(
        ("console:zone_one", "console:zone_table", "console:zone_paper", "console:zone_claim"),
        "zone study",
    ),
    **dict.fromkeys(
        (
            *("console:loadflow_one", "console:loadflow_table", "console:loadflow_nodes"),
            "console:loadflow_paper",
        ),
        "flow study",
    ),
    **dict.fromkeys(
        ("console:season_one", "console:season_table", "console:season_paper"), "season study"
    ),
    "console:incident": "incident",
    "console:incident_edit": "incident",
    "console:incident_log": "incident",
    "console:incident_records": "incident",
    "console:incident_records_sheet": "incident",
    "console:incident_warn": "incident",
    "console:incident_act": "incident",
    "console:incident_dispatches": "led incident",
    "console:incident_dispatch_routes": "led incident",
    "console:incident_dispatch_routes_drawn": "led incident",
    "console:incident_dispatch_routes_crew": "led incident",
    "console:incident_live": "led incident",
    "console:incident_live_fresh": "led incident",
    "console:incident_live_track": "led incident",
    "console:incident_reports": "incident",
    "console:incident_report_make": "led incident",
    "console:incident_report": "report",
    "console:incident_report_file": "report",
    "console:incident_report_records": "report",
    "console:incident_review": "led incident",
    "console:incident_review_file": "led incident",
    "console:incident_lesson_note": "led incident",
    "console:incident_lesson_settle": "lesson",
    "console:incident_dispatch_begin": "led incident",
    "console:incident_dispatch": "dispatch",
    "console:incident_dispatch_progress": "dispatch",
    "console:incident_dispatch_act": "dispatch",
    "console:bulletin": "bulletin",
    "console:bulletin_file": "bulletin",
    "console:alert_source_act": "alert source",
    "console:care_alert": "alert",
    "console:care_alert_close": "alert",
    "console:care_contact_number": "contact",
    "console:care_contact_call": "contact",
    "console:hazard": "hazard",
    "console:hazard_act": "hazard",
    "console:hazard_photo": "hazard",
    "console:notice": "notice",
    "field:hazard": "visit",
    "field:watched": "visit",
    "console:roster": "roster",
    "console:roster_act": "roster",
    "console:roster_shift": "roster",
    "console:roster_swap": "swap",
    "field:duty": "visit",
    "field:duty_swap": "visit",
    "console:grid_step": "grid worker",
    "console:charge_cell": "cell",
    "console:charge_take_back": "charge",
    "console:agreement": "agreement",
    "console:agreement_amend": "agreement",
    "console:agreement_attach": "agreement",
    "console:agreement_annex": "agreement",
    "console:agreement_act": "agreement",
    "console:power": "power",
    "console:power_revoke": "power",
    "console:power_case": "power",
    "console:power_photo": "power",
    "console:renewal_village": "renewal",
    "console:renewal_measure": "renewal",
    "console:renewal_step": "renewal",
    "console:project": "grid project",
    "console:project_report": "grid project",
    "console:project_edit": "grid project",
    "console:project_plan": "grid project",
    "console:project_decide": "grid plan",
    "console:project_move": "grid move",
    "console:project_step": "grid project",
    "console:project_seat": "grid project",
    "console:project_leave": "grid project",
    "console:local_issue_new": "grid project",
    "console:local_issue": "local issue",
    "console:local_issue_act": "local issue",
    "console:local_issue_hand_to": "local issue",
    "console:local_issue_note": "local issue",
    "console:local_issue_task": "local issue",
    "console:local_issue_file": "local issue",
    "field:project_report": "task force",
    "field:local_issue": "own issue",
    "field:guarded_answer": "own watch event",
    "field:guarded_picture": "own watch event",
    "console:campaign": "campaign",
    "console:campaign_targets": "campaign",
    "console:campaign_export": "campaign",
    "console:campaign_act": "campaign",
    "console:campaign_target": "target",
    "console:campaign_target_act": "target",
    "console:campaign_photo": "target",
    "console:hot_mark": "hot issue",
    "console:hour": "hour",
    "console:hour_evidence": "hour",
    "console:hour_act": "hour",
    "console:hour_notice": "hour notice",
    "console:hour_decide": "hour appeal",
    "console:certificate": "certificate",
    "console:certificate_paper": "certificate",
    "console:certificate_revoke": "certificate",
    "console:village": "village",
    "console:village_compare": "village",
    "console:village_behind": "village",
    "console:village_keep": "village",
    "console:village_describe": "village",
    "console:village_plan": "village",
    "console:village_step": "village",
    "console:village_photos": "village",
    "console:village_photo": "village",
    "console:village_unphoto": "village",
    "console:village_print": "village",
    "console:village_exported": "export",
    "console:outage_end": "outage",
    "console:plan": "plan",
    "console:plan_progress": "plan",
    "console:plan_publish": "plan",
    "console:plan_act": "plan",
    "console:plan_sheets": "plan",
    "console:plan_urgent": "plan",
    "console:plan_happened": "plan",
    "console:plan_why": "plan",
    "console:ledger_holder": "ledger holder",
    "console:ledger_lines": "ledger holder",
    "console:ledger_entry": "ledger entry",
    "console:ledger_reverse": "ledger entry",
    "console:ledger_record": "ledger record",
    "console:ledger_notice": "settlement",
    "console:ledger_settlement": "settlement",
    "console:ledger_settlement_sheet": "settlement",
    "console:ledger_settlement_act": "settlement",
    "console:ledger_refuse": "settlement",
    "console:ledger_decide": "appeal",
    "console:ledger_exchange_back": "redemption",
    "console:donation": "donation",
    "console:donation_sheet": "donation",
    "console:donation_move": "drive",
    "console:donation_receive": "donation",
    "console:donation_ask": "donation",
    "console:donation_grant_act": "grant",
    "console:donation_gift_act": "donation",
    "console:donation_photo": "receipt",
    "console:donation_pairing_act": "pairing",
    "console:staff_person": "person",
    "console:staff_act": "person",
    "console:staff_reveal": "person",
    "console:staff_evidence": "person",
    "console:staff_twin": "twins",
    "console:staff_team": "team",
    "console:staff_team_act": "team",
    "console:staff_list": "staff list",
    "console:staff_list_act": "staff list",
    "board:base": "base",
    "board:pair_photo": "pair",
    "board:rating_records": "rated",
    "console:sight_photo": "sight",
    "console:sight_act": "sight",
    "board:codes": "base",
    "board:trail_event": "event",
    "console:booking_one": "booking",
    "console:booking_reveal": "booking",
    "console:booking_rest": "booking",
    "console:booking_act": "booking",
    "console:booking_room": "bookable",
    "console:booking_new": "bookable",
    "console:booking_change": "bookable",
    "console:booking_room_act": "bookable",
    "console:activity": "session",
    "console:activity_act": "session",
    "console:activity_screen": "session",
    "console:activity_export": "session",
    "console:activity_photo": "session",
    "console:activity_series_one": "series",
    "console:activity_series_act": "series",
    "console:activity_offer": "offer",
    "console:activity_offer_act": "offer",
    "console:course": "course",
    "console:course_act": "course",
    "console:lecture": "lecture",
    "console:lecture_act": "lecture",
    "field:call": "visit",
    "field:presence": "service point",
}
"""Guarded routes that show one object: whose it is decides who finds it."""
OF_A_PERSON = {
    *("visit", "export", "talk", "own vote", "voice", "task force", "own issue"),
    "own watch event",
}
"""Objects that a person finds for himself only, whatever his role and unit."""
OF_THE_COUNTY = {"tariff check"}
"""What only the top unit does, for all: no station, whatever the role."""
BY_SECRET = {
    "portal:follow",
    "portal:say",
    "portal:cancel",
    "portal:rate",
    "portal:photo",
    "portal:notice",
    "portal:notice_claim",
    "portal:pairing",
    "portal:booking",
    "portal:booking_cancel",
    "portal:door",
    "api:bookable_calendar",
    "api:site_calendar",
    "portal:volunteer",
    "portal:volunteer_withdraw",
    "portal:volunteer_rate",
    "portal:hour_claim",
    "portal:arrive",
    "portal:self_booking",
    "portal:lecture",
    "portal:voice",
    "portal:outreach",
    "portal:outreach_act",
    "api:outreach_receipts",
    "portal:voice_act",
    "portal:firm",
    "portal:firm_report",
    "portal:firm_carbon",
    "portal:firm_book",
    "api:team_calendar",
    "api:token",
}
"""Whoever holds the link may; a wrong one finds nothing."""
SECRETS = ("token", "photo_token", "number", "code", "verb", "form")
"""Parts of addresses that only who was given them knows."""
PUBLIC = {
    "portal:hour_notices",
    "portal:hour_notice",
    "portal:hour_appeal",
    "portal:certificates",
    "portal:certificate_keys",
    "portal:certificate_revoked",
    "portal:mailbox",
    "portal:models",
    "portal:model",
    "portal:honour_notice",
    "portal:honour_objection",
    "portal:brand",
    "portal:brand_logo",
    "portal:firm_in",
    "portal:firm_out",
    "portal:home",
    "portal:hints",
    "portal:draft",
    "portal:mine",
    "portal:post",
    "portal:post_at",
    "portal:post_for",
    "portal:join",
    "portal:public",
    "portal:algorithm",
    "portal:donations",
    "portal:donation",
    "portal:base",
    "portal:screen",
    "portal:screen_photo",
    "portal:screen_worker",
    "portal:bookables",
    "portal:book",
    "portal:activities",
    "portal:activity",
    "portal:self_book",
    "portal:lectures",
    "portal:volunteer_mine",
    "portal:volunteer_forget",
    "api:alerts",
    "api:alert",
    "api:areas",
    "api:needs",
    "api:discovery",
    "api:services",
    "api:definition",
    "api:requests",
    "api:request",
    "login",
    "logout",
    "home",
    "set_language",
    "ui:roles",
    "ui:act_as",
    "live",
    "ready",
}
API_OBJECTS = {
    "v1:read_need": ("need", "get"),
    "v1:list_duplicates": ("need", "get"),
    "v1:split_need": ("need", "post"),
    "v1:act_on_need": ("need", "post"),
    "v1:read_plan": ("plan", "get"),
    "v1:publish_plan": ("plan", "post"),
    "v1:read_grid_project": ("grid project", "get"),
}
API_LISTS = {
    "v1:list_services",
    "v1:list_areas",
    "v1:list_units",
    "v1:list_needs",
    "v1:post_need",
    "v1:list_jobs",
    "v1:list_plans",
    "v1:list_teams",
    "v1:list_changes",
    "v1:list_cameras",
    "v1:list_watch_events",
    "v1:list_grid_projects",
    "v1:list_local_issues",
    "v1:start_plan",
    "v1:send_alert",
    "v1:read_figures",
}
API_OPEN = {"v1:openapi-json", "v1:api-root", "api:open311_openapi"}
API_FOLLOW = {
    "v1:read_followed": "get",
    "v1:read_photo": "get",
    "v1:add_message": "post",
    "v1:rate": "post",
    "v1:cancel": "post",
}
"""What a mini-program does with the secret of the person who asked."""


ROUTES = [route for route in walk(get_resolver().url_patterns) if not route[0].startswith("admin:")]
GUARDED = [
    route for route in ROUTES if route[0].startswith(tuple(FACES)) and route[0] not in OPEN_SHELLS
]
SHOWN = [(name, view) for name, _, view in GUARDED if name in OBJECTS]


def test_every_route_has_its_place_in_these_tables():
    placed = BY_SECRET | PUBLIC | set(API_OBJECTS) | API_LISTS | API_OPEN | OPEN_SHELLS
    placed |= set(API_FOLLOW)
    lost = [
        name
        for name, path, _ in ROUTES
        if name not in placed
        and not (name in OBJECTS if "<" in path else name.startswith(tuple(FACES)))
    ]
    gone = (placed | set(OBJECTS)) - {name for name, _, _ in ROUTES}

    assert (lost, gone) == ([], set())


def test_every_guarded_route_asks_for_roles_of_its_face():
    for name, _, view in GUARDED:
        face = next(roles for prefix, roles in FACES.items() if name.startswith(prefix))
        assert view.required_roles, name
        assert set(view.required_roles) <= face, name


@dataclass
class Things:
    """One object of each kind, all of station S1, a crew with a visit, and everybody's session."""

    town: object
    visit: object
    parts: dict
    letter: str
    doors: dict

    def address(self, name):
        parts = self.parts[OBJECTS.get(name) or API_OBJECTS[name][0]]
        wanted = next(path for found, path, _ in ROUTES if found == name)
        address = reverse(name, kwargs={k: v for k, v in parts.items() if f"{k}>" in wanted})
        job = self.parts["need job"]["job_number"]
        return f"{address}?job={job}" if name == "console:plan_urgent" else address


def inspecting_visit(town, job):
    """A visit of station S1 on which something dangerous is found."""
    return Visit.objects.create(
        number="SM-1",
        job=job,
        team=town.team("XH", "S1"),
        on=date(2026, 11, 24),
        sequence=1,
        arrive_at=NOON,
        depart_at=NOON,
        status="ARRIVED",
    )


@pytest.fixture(scope="module")
def made(grounds, django_db_blocker):
    """Build everything once: each test works in a savepoint inside and takes its changes back."""
    with django_db_blocker.unblock():
        grounds.stand_on("town")
        with transaction.atomic():
            yield everything(grounds.standing("town"))
            transaction.set_rollback(True)


@pytest.fixture
def town(made, db):
    return replace(made.town)


@pytest.fixture
def things(made, town):
    return replace(made, town=town)


def everything(town):
    need = town.post(
        "余村村没电了",
        area_code="V1",
        phone="19900000001",
        service_code="PWR-OUTAGE",
        photos=(photo(),),
    )
    asker = need.participants.get()
    station = town.actor("S1")
    handling.accept(number=need.number, by=station, at=NOON)
    (job,) = handling.split(number=need.number, parts=(), by=station, at=NOON)
    for phone in ("19900000002", "19900000003"):  # what is hot is of these days, whenever that is
        town.post("余村村没电了", area_code="V1", phone=phone, service_code="PWR-OUTAGE", at=now())
    run = hot.look(by=SYSTEM, at=now())
    plan = Plan.objects.create(
        number="JH-1",
        unit=town.units["S1"],
        status="SOLVING",
        first_on=date(2026, 11, 25),
        last_on=date(2026, 11, 25),
        created_by="x",
        created_at=NOON,
    )
    customer = Customer.objects.create(
        number="K1",
        kind="resident",
        name="某人",
        area=town.areas["V1"],
        unit=town.units["S1"],
        special_kind="disabled",
        special_level=2,
    )
    unlock = care_unlocks.ask_for_export(reason="核对", by=station, at=now())
    alert = care_contacts.open_alert(
        kind="fault",
        title="余村线故障",
        starts_at=NOON,
        ends_at=None,
        area_codes=["V1"],
        villages="",
        by=station,
        at=NOON,
    )
    (alerted,) = taking.take_in(
        files=[("rain.xml", (CAP / "rainstorm.xml").read_bytes())], by=station, at=NOON
    )
    worker = Person.objects.create(number="W1", name="网格员", unit=town.units["S1"])
    GridWorker.objects.create(person=worker, recruited_on=date(2026, 11, 1))
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    together = village_together(town)
    campaign = frozen(town, proofs=["photo"])
    aim = target(campaign)
    kept = doing.complete(
        number=aim.number, photos=[("photo", photo())], words="", by=station, at=NOON
    )
    piece = kept.evidence.get()
    (hazard,) = hazards.inspected(None, station, at=NOON, visit=inspecting_visit(town, job))
    parts = {
        **party_objects(town, need),
        **appraised(town),
        **honourworld.objects(town),
        "need": {"number": need.number, "verb": "decline"},
        "need job": {"number": need.number, "job_number": job.number, "verb": "cancel"},
        "photo": {"number": need.number, "token": need.photos.get().token},
        "asker": {"number": need.number, "participant_id": asker.pk},
        "customer": {"number": customer.number},
        "unlock": {"number": unlock.number, "verb": "grant"},
        "alert": {"number": alert.number},
        "public alert": {"number": alerted.number},
        **incident_things(town),
        "contact": {"number": alert.number, "customer": customer.number, "verb": "no_answer"},
        "grid worker": {"number": worker.number, "verb": "train"},
        **together,
        **activity_world.of_station(town),
        **loaded.objects(town),
        **studied.objects(town),
        "hot issue": {"code": run.issues[0].code},
        "plan": {"number": plan.number, "verb": "lock", "job": job.number},
        "base": {"code": "FW-001", "verb": "offer", "figure": "needs"},
        **based(town),
        "event": {"number": AuditEvent.objects.get(verb="intake.need.accept").pk},
        "export": {"number": village_world.export(town)},
        "village": village_world.filed(town),
        "outage": {"number": village_world.outage(town).number},
        "pair": pair_of(town),
        "rated": {"subject": "site", "code": "FW-001", "measure": "visits"},
        "sight": {"code": sight_of(town), "verb": "look_at"},
        "service point": {"code": presence.code_of("FW-001")},
        "campaign": {"number": campaign.number, "verb": "close"},
        "target": {"number": aim.number, "verb": "give_up", "token": piece.file.token},
        "visit": {
            "number": "SM-none",
            "slot": "asker",
            "hazard_number": "YH-none",
            "event": "SH-none",
            "roster": "ZB-none",
            "shift": 1,
            "verb": "agree",
        },
        **roster_and_swap(town),
        "hazard": {"number": hazard.number, "verb": "withdraw", "stage": "before"},
        "notice": {"number": hazard.notice.number},
        **hour_world.objects(town),
        **ledgers.objects(town.units["S1"], keep_image(photo(), at=NOON)),
        **staff_world.things(town),
        **rooms.objects(town),
        **keyworld.objects(town),
        **reaching.objects(town),
        **firm_world.objects(town),
        **gear.objects(town),
        **claims.objects(town),
        **watchworld.objects(town),
        **projectworld.objects(town),
    }
    letter = write_letter("S1", now()).number
    doors = {
        (role, unit): log_in(town, role, unit).cookies[settings.SESSION_COOKIE_NAME].value
        for role in STAFF
        for unit in ("S1", "S2", "LM")
    }
    return Things(town, None, parts, letter, doors)


def village_together(town):
    """What station S1 keeps with its township and a village of it."""
    station, village = town.actor("S1"), town.areas["V1"]
    kind = ChargeKind.objects.get(code="manager")
    charge = Charge.objects.create(
        area=village,
        kind=kind,
        from_on=today() + timedelta(days=9),
        reason="年度调整",
        decided_at=NOON,
        decided_by="x",
    )
    asked = agreeing.Asked(
        title="天荒坪镇村网共建协议",
        kind="building",
        scope="共建村网服务点",
        unit_codes=["S1"],
        area_codes=["T1"],
        valid_from=date(2026, 1, 1),
        valid_until=None,
        remind_days=90,
    )
    agreement = agreeing.keep_draft(number="", asked=asked, by=station, at=NOON)
    annex = agreeing.attach(
        number=agreement.number, title="扫描件", content=photo(), by=station, at=NOON
    )
    granted = enforcing.Asked(
        kind_codes=["P01"],
        area_code="T1",
        authority="县经信局",
        document="安经信〔2026〕1 号",
        scope="",
        measures=["dissuade"],
        valid_from=date(2026, 1, 1),
        valid_until=None,
    )
    (power,) = enforcing.delegate(asked=granted, by=station, at=NOON)
    reported = enforcing.Reported(
        on=date(2026, 11, 1),
        area_code="V1",
        place="村口",
        found="线下堆放秸秆",
        measure="dissuade",
        outcome="corrected",
        outcome_words="",
        photos=[photo()],
    )
    case = enforcing.record_case(number=power.number, reported=reported, by=station, at=NOON)
    moving.take_in(codes=["V1"], batch="第一批", starts_on=None, by=station, at=NOON)
    return {
        "cell": {"code": "V1"},
        "charge": {"code": "V1", "kind": "manager", "on": f"{charge.from_on}"},
        "agreement": {
            "number": agreement.number,
            "token": annex.file.token,
            "verb": "terminate",
        },
        "power": {"number": power.number, "token": case.photos.get().token},
        "renewal": {"code": "V1", "stage": "survey", "verb": "begin"},
    }


SENT = {"reason": "核对", "hours": "16", "on": "2026-11-20"}


APPEAL_SEARCH = f"q={SEARCHED}&words={SEARCHED}&tab=all&view=all"
SHARED = {"public alert", "alert source", "tariff"}
"""What an authority makes public: the desks of every unit read it."""


METHODS = ("get", "post")
UNKNOWN = {303, 405}
"""What a route answers to a method that it does not know: to a look, the way to its page."""


def status_of(client, method, address):
    return (client.get(address) if method == "get" else client.post(address, SENT)).status_code


def asked(client, address, methods=METHODS):
    """Return the answers to reading and writing, without those that the route does not know."""
    return {status_of(client, method, address) for method in methods} - UNKNOWN


def log_in(town, role, unit):
    """Open an account and come in with it."""
    town.user(f"{role}-{unit}", role, unit)
    client = Client()
    client.login(username=f"{role}-{unit}", password=PASSWORD)
    return client


def askers(name, view):
    """Return the roles that a route names; of them one where only the database is another.

    Who may is decided alike on every database; what a route reads and writes is tried on each.
    """
    named = [role for role in STAFF if role in view.required_roles]
    if connection.vendor == "sqlite":
        return named
    return [named[crc32(name.encode()) % len(named)]]


def enter(things, role, unit):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = things.doors[role, unit]
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "view"), SHOWN, ids=[name for name, _ in SHOWN])
def test_an_object_is_found_by_its_unit_in_the_right_role_and_by_nobody_else(things, name, view):
    """What a route does not know is told to a stranger already, and then asked by nobody else."""
    address = things.address(name)
    told = {method: status_of(Client(), method, address) for method in METHODS}
    known = [method for method in METHODS if told[method] not in UNKNOWN]
    assert {told[method] for method in known} <= {302, 401, 403}, told
    for role in askers(name, view):
        own = asked(enter(things, role, "S1"), address, known)
        beside = asked(enter(things, role, "S2"), address, known)
        may = OBJECTS[name] not in OF_A_PERSON | OF_THE_COUNTY
        assert (own != {404}) == may, (role, own)
        is_shared = may and OBJECTS[name] in SHARED
        assert (beside != {404}) == is_shared, (role, beside)


@pytest.mark.one_database  # the guard reads nothing of what the route is about
@pytest.mark.django_db
@pytest.mark.parametrize("role", STAFF)
def test_no_object_is_found_in_a_role_that_its_guard_does_not_name(things, role):
    """A role that the guard does not name meets it before any method or unit is looked at."""
    client = enter(things, role, "S1")
    for name, view in SHOWN:
        if role not in view.required_roles:
            answers = (status_of(client, method, things.address(name)) for method in METHODS)
            assert next(answer for answer in answers if answer not in UNKNOWN) == 404, name


@pytest.mark.django_db
@pytest.mark.row("000-25")
@pytest.mark.parametrize("role", STAFF)
def test_a_role_opens_its_own_face_and_reads_no_appeal(things, role):
    """Not where the letter went to, nor with the widest reach and searching for its very words.

    Nothing can be searched for on a page that has not even looked at what it was asked.
    """
    near, wide = enter(things, role, "S1"), enter(things, role, "LM")
    for name, path, view in GUARDED:
        if "<" in path or role not in askers(name, view):
            continue
        answer = near.get(f"/{path}")
        assert answer.status_code in {200, 204, 302, 303, 405, 422}, name
        assert not shown_of_letter(answer), name
        if "GET" in vars(answer.wsgi_request):
            searched = wide.get(f"/{path}?{APPEAL_SEARCH}")
            assert not shown_of_letter(searched, searched=True), name
    for name in ("console:voice", "console:need"):
        address = reverse(name, kwargs={"number": things.letter})
        assert wide.get(address).status_code == 404


@pytest.mark.one_database  # as above
@pytest.mark.django_db
@pytest.mark.parametrize("role", STAFF)
def test_a_role_finds_no_other_face(things, role):
    client = enter(things, role, "S1")

    for name, path, view in GUARDED:
        if "<" not in path and role not in view.required_roles:
            assert client.get(f"/{path}").status_code in {404} | UNKNOWN, name


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(BY_SECRET - {"api:token"}))
def test_a_wrong_link_finds_nothing(things, name):
    path = next(path for found, path, _ in ROUTES if found == name)
    kwargs = {part: "A" * 24 for part in SECRETS if f":{part}>" in path}
    client = Client()

    assert asked(client, reverse(name, kwargs=kwargs)) == {404}


@pytest.mark.django_db
def test_a_photo_is_shown_to_the_followers_of_its_need_only(things):
    need = things.parts["photo"]
    things.town.post("大溪村没电了", area_code="V2")
    own, other = things.town.token(1), things.town.token(2)
    client = Client()

    for link, expected in ((own, 200), (other, 404)):
        address = reverse("portal:photo", kwargs={"token": link, "photo_token": need["token"]})
        assert client.get(address).status_code == expected


def program(town, role, unit):
    user = town.user(f"robot-{role}-{unit}", role, unit)
    until = today() + timedelta(days=1)
    secret = tokens.issue(username=user.username, name="程序", expires_on=until, at=now())
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.django_db
@pytest.mark.parametrize("name", API_OBJECTS)
def test_a_program_finds_what_its_account_may_see(things, name):
    _, method = API_OBJECTS[name]
    address = things.address(name)

    def ask(client):
        if method == "get":
            return client.get(address).status_code
        body = {"revision": 1, "reason": "核对"}
        return client.post(address, body, content_type="application/json").status_code

    assert ask(Client()) == 401
    assert ask(program(things.town, Role.STEWARD, "S1")) == 404
    assert ask(program(things.town, Role.DISPATCHER, "S2")) == 404
    assert ask(program(things.town, Role.DISPATCHER, "S1")) != 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", API_FOLLOW)
def test_a_program_without_the_secret_of_who_asked_finds_nothing(things, name):
    path = next(path for found, path, _ in ROUTES if found == name)
    kwargs = {part: "A" * 24 for part in ("token", "photo_token") if f"{part}>" in path}
    address = reverse(name, kwargs=kwargs)
    body = {"stars": 5, "words": "", "reason": "不用了", "text": "还有"}
    kind = {} if name == "v1:add_message" else {"content_type": "application/json"}
    head = {"Idempotency-Key": "follow-key-0001"}
    client = program(things.town, Role.DISPATCHER, "S1")

    answer = (
        client.get(address)
        if API_FOLLOW[name] == "get"
        else client.post(address, body, headers=head, **kind)
    )

    assert answer.status_code == 404
    assert Client().get(address).status_code in {401, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(API_LISTS))
def test_a_list_for_programs_needs_a_token_and_a_role(things, name):
    address = reverse(name)
    steward = program(things.town, Role.STEWARD, "S1")

    assert Client().get(address).status_code in {401, 405}
    assert Client().post(address, "{}", content_type="application/json").status_code in {401, 405}
    assert steward.get(address).status_code in {404, 405, 422}


@pytest.mark.django_db
def test_whoever_is_refused_is_on_record_without_the_secret_parts(things):
    client = enter(things, Role.DISPATCHER, "S2")

    client.get(things.address("console:photo"))

    event = AuditEvent.objects.get(verb="access.denied")
    assert (event.outcome, event.actor_id) == ("denied", f"user:{Role.DISPATCHER}-S2")
    assert things.parts["photo"]["number"] in event.target_id
    assert things.parts["photo"]["token"] not in event.target_id


@pytest.mark.django_db
def test_a_program_that_is_refused_is_on_record_too(things):
    program(things.town, Role.DISPATCHER, "S2").get(things.address("v1:read_need"))

    assert AuditEvent.objects.get(verb="api.denied").role == Role.DISPATCHER


@pytest.mark.django_db
def test_a_stranger_cannot_fill_the_trail(things):
    for number in range(3):
        Client().get(f"/n/{number}/")

    assert not AuditEvent.objects.filter(verb="access.denied").exists()


@pytest.mark.django_db
def test_log_ins_that_succeed_and_fail_and_log_outs_are_on_record(client, town):
    town.user("someone", Role.DISPATCHER, "S1")
    client.post("/login/", {"username": "someone", "password": "wrong"})
    client.post("/login/", {"username": "someone", "password": PASSWORD})
    client.post("/logout/")

    trail = AuditEvent.objects.filter(verb__startswith="account.").order_by("id")
    assert [(event.verb, event.outcome) for event in trail] == [
        ("account.log-in", "failed"),
        ("account.log-in", "ok"),
        ("account.log-out", "ok"),
    ]
    assert not any("wrong" in f"{event.reason}{event.target_id}" for event in trail)


@pytest.mark.django_db
def test_exports_and_revealed_details_are_on_record(things):
    client = enter(things, Role.DISPATCHER, "S1")
    client.get("/board/export.xlsx")
    client.post(things.address("console:reveal"), {"reason": "回访"})
    client.post(things.address("console:care_reveal"), {"reason": "回访"})

    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert "insight.export" in verbs
    assert sum("reveal" in verb for verb in verbs) == 2
