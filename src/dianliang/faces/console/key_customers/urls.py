"""Addresses of key customers and of the following of their supply."""

from django.urls import path

from dianliang.faces.console.key_customers import register, tables, watching

urlpatterns = [
    path("", register.customers, name="key_customers"),
    path("table.xlsx", tables.sheet, name="key_customer_sheet"),
    path("import/", tables.bring, name="key_customer_import"),
    path("import/going/", tables.going, name="key_customer_going"),
    path("import/<str:number>/", tables.one, name="key_customer_table"),
    path("new/", register.new, name="key_customer_new"),
    path("customer/<str:number>/", register.customer, name="key_customer"),
    path("customer/<str:number>/edit/", register.edit, name="key_customer_edit"),
    path("customer/<str:number>/reveal/", register.reveal, name="key_customer_reveal"),
    path("customer/<str:number>/do/<str:verb>/", register.act, name="key_customer_act"),
    path("watches/", watching.watches, name="key_watches"),
    path("watches/<str:number>/", watching.watch, name="key_watch"),
    path("watches/<str:number>/sheet.xlsx", watching.sheet, name="key_watch_sheet"),
    path("watches/<str:number>/report/", watching.report, name="key_watch_report"),
    path("watches/<str:number>/do/<str:verb>/", watching.act, name="key_watch_act"),
    path("reports/<str:number>/", watching.told, name="key_report"),
    path("reports/<str:number>/correct/", watching.correct, name="key_report_correct"),
    path("reports/<str:number>/photo/", watching.photo, name="key_report_photo"),
]
