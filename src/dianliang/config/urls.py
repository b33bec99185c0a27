"""Which face answers which address."""

from django.contrib import admin
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dianliang.faces.portal.urls")),
    path("field/", include("dianliang.faces.field.urls")),
    path("console/", include("dianliang.faces.console.urls")),
    path("board/", include("dianliang.faces.board.urls")),
    path("ui/", include("dianliang.faces.ui.urls")),
    path("api/", include("dianliang.api.urls")),
    path("admin/", admin.site.urls),
]
