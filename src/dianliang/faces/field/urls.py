"""Addresses of the field face."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.field import (
    duties,
    guarded,
    missed,
    offers,
    own_duties,
    presence,
    projects,
    views,
)

app_name = "field"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("day/", views.day, name="day"),
    path("keys/", views.keys, name="keys"),
    path("sync/", views.sync, name="sync"),
    path("positions/", views.positions, name="positions"),
    path("photos/", views.photos, name="photos"),
    path("team/swap/", views.swap, name="swap"),
    path("team/absence/", views.team_absence, name="team_absence"),
    path("visits/<slug:number>/call/<slug:slot>/", views.call, name="call"),
    path("visits/<slug:number>/hazards/<slug:hazard_number>/", views.hazard, name="hazard"),
    path("visits/<slug:number>/watched/<slug:event>/", views.watched, name="watched"),
    path("duties/", duties.duties, name="duties"),
    path("duties/<str:roster>/<int:shift>/", duties.duty, name="duty"),
    path("duties/swaps/<str:number>/<str:verb>/", duties.swap, name="duty_swap"),
    path("presence/<str:code>/", presence.check_in, name="presence"),
    path("tasks/", own_duties.tasks, name="tasks"),
    path("projects/", projects.listed, name="projects"),
    path("projects/<str:number>/issue/", projects.report, name="project_report"),
    path("projects/issues/<str:number>/", projects.issue, name="local_issue"),
    path("missed/", missed.missed, name="missed"),
    path("guarded/", guarded.guarded, name="guarded"),
    path("guarded/<slug:number>/answer/", guarded.answer, name="guarded_answer"),
    path("guarded/<slug:number>/picture/", guarded.picture, name="guarded_picture"),
    path("offers/", offers.offers, name="offers"),
    path("log-out/", views.log_out, name="log_out"),
    path("service-worker.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
