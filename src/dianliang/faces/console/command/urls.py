"""Addresses of the live board, the reports of the situation and the review of an incident."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.command import live, reports, review

OF, ONE = "incidents/<str:number>/", "reports/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{OF}live/", live.live, name="incident_live"),
    path(f"{OF}live/fresh/", live.fresh, name="incident_live_fresh"),
    path(f"{OF}live/track/<str:code>/", live.track, name="incident_live_track"),
    path(f"{OF}reports/", reports.reports, name="incident_reports"),
    path(f"{OF}reports/make/", reports.make, name="incident_report_make"),
    path(f"incidents/{ONE}", reports.report, name="incident_report"),
    path(f"incidents/{ONE}file.<str:kind>", reports.file, name="incident_report_file"),
    path(f"incidents/{ONE}records/<str:code>/", reports.records, name="incident_report_records"),
    path(f"{OF}review/", review.review, name="incident_review"),
    path(f"{OF}review/file.<str:kind>", review.file, name="incident_review_file"),
    path(f"{OF}lessons/", review.note, name="incident_lesson_note"),
    path(f"{OF}lessons/<str:lesson>/<str:verb>/", review.settle, name="incident_lesson_settle"),
]
