"""Addresses of the pages about people."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.staff import lists, people, teams, twins

urlpatterns: list[URLPattern | URLResolver] = [
    path("", people.people, name="staff"),
    path("new/", people.new, name="staff_new"),
    path("expiring/", people.expiring, name="staff_expiring"),
    path("twins/", twins.twins, name="staff_twins"),
    path("twins/<str:first>/<str:second>/", twins.twin, name="staff_twin"),
    path("merges/", twins.merges, name="staff_merges"),
    path("lists/", lists.lists, name="staff_lists"),
    path("lists/template.xlsx", lists.template, name="staff_template"),
    path("lists/<str:number>/", lists.one, name="staff_list"),
    path("lists/<str:number>/do/<str:verb>/", lists.act, name="staff_list_act"),
    path("teams/", teams.teams, name="staff_teams"),
    path("new-team/", teams.new, name="staff_team_new"),
    path("teams/<str:code>/", teams.team, name="staff_team"),
    path("teams/<str:code>/do/<str:verb>/", teams.act, name="staff_team_act"),
    path("people/<str:number>/", people.person, name="staff_person"),
    path("people/<str:number>/reveal/", people.reveal, name="staff_reveal"),
    path("people/<str:number>/do/<str:verb>/", people.act, name="staff_act"),
    path("people/<str:number>/evidence/<str:token>/", people.evidence, name="staff_evidence"),
]
