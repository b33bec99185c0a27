"""Which face answers which address."""

from django.contrib import admin
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver
from django.views.i18n import set_language

from dianliang.api.v1.endpoints import api as v1
from dianliang.faces.ui import health, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dianliang.faces.portal.urls")),
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("home/", views.home, name="home"),
    path("language/", set_language, name="set_language"),
    path("ui/", include("dianliang.faces.ui.urls")),
    path("field/", include("dianliang.faces.field.urls")),
    path("console/", include("dianliang.faces.console.urls")),
    path("board/", include("dianliang.faces.board.urls")),
    path("api/v1/", v1.urls),
    path("api/", include("dianliang.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
]
handler400 = "dianliang.faces.ui.views.bad_request"
handler403 = "dianliang.faces.ui.views.denied"
handler404 = "dianliang.faces.ui.views.missing"
handler500 = "dianliang.faces.ui.views.broken"
