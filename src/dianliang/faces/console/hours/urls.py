"""Addresses of the pages about volunteer hours."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.hours import certificates, desk, exchange, notices

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.hours, name="hours"),
    path("approve/", desk.approve_clean, name="hours_approve"),
    path("take-in/", desk.take_in, name="hours_take_in"),
    path("declare/", desk.declare, name="hour_declare"),
    path("notices/", notices.notices, name="hour_notices"),
    path("notices/announce/", notices.announce, name="hour_announce"),
    path("notices/<str:number>/", notices.notice, name="hour_notice"),
    path("appeals/", notices.appeals, name="hour_appeals"),
    path("appeals/<str:number>/<str:verb>/", notices.decide, name="hour_decide"),
    path("exchange/", exchange.exchange, name="hour_exchange"),
    path("exchange/table.xlsx", exchange.table, name="hour_exchange_table"),
    path("exchange/bring/", exchange.bring, name="hour_exchange_bring"),
    path("exchange/back/", exchange.back, name="hour_exchange_back"),
    path("exchange/out/", exchange.out, name="hour_exchange_out"),
    path("certificates/", certificates.register, name="certificates"),
    path("certificates/table.xlsx", certificates.table, name="certificates_table"),
    path("certificates/new/", certificates.new, name="certificate_new"),
    path("certificates/<str:number>.pdf", certificates.paper, name="certificate_paper"),
    path("certificates/<str:number>/", certificates.certificate, name="certificate"),
    path("certificates/<str:number>/revoke/", certificates.revoke, name="certificate_revoke"),
    path("<str:number>/", desk.hour, name="hour"),
    path("<str:number>/evidence/", desk.evidence, name="hour_evidence"),
    path("<str:number>/do/<str:verb>/", desk.act, name="hour_act"),
]
