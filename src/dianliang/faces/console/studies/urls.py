"""Addresses of the pages about power flow, seasons and zones."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.studies import grids, seasons, zones

urlpatterns: list[URLPattern | URLResolver] = [
    path("zone/", zones.zones, name="zone"),
    path("zone/make/", zones.make, name="zone_make"),
    path("zone/<str:number>/", zones.zone, name="zone_one"),
    path("zone/<str:number>/year.xlsx", zones.table, name="zone_table"),
    path("zone/<str:number>/paper.<str:kind>", zones.paper, name="zone_paper"),
    path("zone/<str:number>/claim/", zones.claim, name="zone_claim"),
    path("powerflow/", grids.grids, name="loadflow"),
    path("powerflow/make/", grids.make, name="loadflow_make"),
    path("powerflow/template.xlsx", grids.template, name="loadflow_template"),
    path("powerflow/<str:number>/", grids.grid, name="loadflow_one"),
    path("powerflow/<str:number>/table.xlsx", grids.table, name="loadflow_table"),
    path("powerflow/<str:number>/nodes.xlsx", grids.nodes_table, name="loadflow_nodes"),
    path("powerflow/<str:number>/paper.<str:kind>", grids.paper, name="loadflow_paper"),
    path("season/", seasons.seasons, name="season"),
    path("season/make/", seasons.make, name="season_make"),
    path("season/<str:number>/", seasons.season, name="season_one"),
    path("season/<str:number>/table.xlsx", seasons.table, name="season_table"),
    path("season/<str:number>/paper.<str:kind>", seasons.paper, name="season_paper"),
]
