"""Addresses of the board face."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.board import matrix, pairs, ratings, register, trail, views

app_name = "board"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.overview, name="overview"),
    path("records/", views.records, name="records"),
    path("export.xlsx", views.export, name="export"),
    path("bases/", matrix.bases, name="bases"),
    path("bases/export.xlsx", matrix.bases_export, name="bases_export"),
    path("bases/<str:code>/", matrix.bases, name="base"),
    path("bases/<str:code>/codes/", matrix.codes, name="codes"),
    path("bases/<str:code>/<str:figure>/", matrix.records, name="base_records"),
    path("volunteers/", matrix.volunteers, name="volunteers"),
    path("volunteers/actions/", matrix.actions, name="actions"),
    path("volunteers/register/", register.register, name="register"),
    path("volunteers/pairs/", pairs.pairs, name="pairs"),
    path("volunteers/pairs/<str:activity>/<str:token>/", pairs.photo, name="pair_photo"),
    path("ratings/", ratings.ratings, name="ratings"),
    path("ratings/rules/", ratings.rules, name="rating_rules"),
    path("ratings/<str:subject>/<str:code>/<str:measure>/", ratings.behind, name="rating_records"),
    path("volunteers/export.xlsx", matrix.volunteers_export, name="volunteers_export"),
    path("audit/", trail.trail, name="trail"),
    path("audit/export.xlsx", trail.trail_export, name="trail_export"),
    path("audit/chain/", trail.chain, name="trail_chain"),
    path("audit/<int:number>/", trail.event, name="trail_event"),
]
