"""Addresses of the pages about bases."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.bases import checks, files, notices, trees

urlpatterns: list[URLPattern | URLResolver] = [
    path("", trees.matrices, name="bases"),
    path("template.xlsx", trees.template, name="base_template"),
    path("tree/<str:matrix>/", trees.tree, name="base_tree"),
    path("tree/<str:matrix>/export.xlsx", trees.export, name="base_export"),
    path("tree/<str:matrix>/do/<str:verb>/", trees.act, name="base_tree_act"),
    path("site/<str:code>/", files.base, name="base"),
    path("site/<str:code>/close/", files.close, name="base_close"),
    path("site/<str:code>/do/<str:verb>/", files.act, name="base_act"),
    path("proofs/<str:proof>/paper/", files.paper, name="base_paper"),
    path("proofs/<str:proof>/do/<str:verb>/", files.proof_act, name="base_proof_act"),
    path("gaps/", checks.gaps, name="base_gaps"),
    path("gaps/export.xlsx", checks.gaps_export, name="base_gaps_export"),
    path("standard/", checks.standard, name="base_standard"),
    path("notices/", notices.notices, name="base_notices"),
    path("notices/<str:number>/", notices.notice, name="base_notice"),
    path("notices/<str:number>/do/<str:verb>/", notices.act, name="base_notice_act"),
    path("notices/<str:number>/photos/<str:token>/", notices.photo, name="base_notice_photo"),
]
