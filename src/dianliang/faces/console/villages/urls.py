"""Addresses of the pages about villages."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.villages import files, keeping, network

urlpatterns: list[URLPattern | URLResolver] = [
    path("", files.villages, name="villages"),
    path("export/", files.export, name="village_export"),
    path("exports/", files.exports, name="village_exports"),
    path("exports/<int:number>/", files.exported, name="village_exported"),
    path("table.xlsx", files.sheet, name="village_sheet"),
    path("transformers/", network.transformers, name="transformers"),
    path("feeders/", network.feeders, name="feeders"),
    path("outages/", network.outages, name="outages"),
    path("outages/<str:number>/end/", network.end_outage, name="outage_end"),
    path("stations/", network.stations, name="stations"),
    path("tables/", network.tables, name="network_tables"),
    path(
        "feeders/table.xlsx",
        network.table,
        {"name": "feeders.xlsx"},
        name="feeders_table",
    ),
    path(
        "transformers/table.xlsx",
        network.table,
        {"name": "transformers.xlsx"},
        name="transformers_table",
    ),
    path("<str:code>/", files.village, name="village"),
    path("<str:code>/compare/", files.compare, name="village_compare"),
    path("<str:code>/behind/<str:fact>/", files.behind, name="village_behind"),
    path("<str:code>/keep/", files.keep, name="village_keep"),
    path("<str:code>/describe/", keeping.describe, name="village_describe"),
    path("<str:code>/plan/", keeping.plan, name="village_plan"),
    path("<str:code>/plan/<str:number>/<str:verb>/", keeping.step, name="village_step"),
    path("<str:code>/photos/", keeping.add_photo, name="village_photos"),
    path("<str:code>/photos/<str:token>/", files.photo, name="village_photo"),
    path("<str:code>/photos/<str:token>/remove/", keeping.remove_photo, name="village_unphoto"),
    path("<str:code>/print.<str:kind>", files.printed, name="village_print"),
]
