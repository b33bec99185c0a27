"""Addresses of the pages about claims and factors."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.claims import carbon, driving, factors, measuring, planner, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("claims/", views.claims, name="claims"),
    path("claims/new/", views.new, name="claim_new"),
    path("claims/driving/", driving.driving, name="claims_driving"),
    path("claims/<str:number>/", views.claim, name="claim"),
    path("claims/<str:number>/<str:verb>/", views.act, name="claim_act"),
    path("carbon/", carbon.accounts, name="carbon"),
    path("carbon/new/", carbon.new, name="carbon_new"),
    path("carbon/blank.xlsx", carbon.blank, name="carbon_blank"),
    path("carbon/<str:number>/", carbon.account, name="carbon_account"),
    path("carbon/<str:number>/report.<str:form>", carbon.paper, name="carbon_paper"),
    path("carbon/<str:number>/<str:verb>/", carbon.act, name="carbon_act"),
    path("measure/", measuring.projects, name="measuring"),
    path("measure/new/", measuring.new, name="measuring_new"),
    path("measure/planner/", planner.plan, name="measuring_planner"),
    path("measure/rollup/", measuring.rollup, name="measuring_rollup"),
    path("measure/blank.xlsx", measuring.blank, name="measuring_blank"),
    path("measure/<str:number>/", measuring.project, name="measuring_project"),
    path("measure/<str:number>/<str:verb>/", measuring.act, name="measuring_act"),
    path("factors/", factors.factors, name="factors"),
    path("factors/one/", factors.factor, name="factor"),
    path("factors/check/", factors.check, name="factor_check"),
    path("factors/uncheck/", factors.uncheck, name="factor_uncheck"),
    path("factors/blank.xlsx", factors.blank, name="factors_blank"),
    path("factors/import/", factors.bring, name="factors_import"),
    path("factors/keep/", factors.keep, name="factor_keep"),
]
