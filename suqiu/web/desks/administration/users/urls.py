"""Addresses of accounts, roles and scopes."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.administration.users import imports, views

urlpatterns = [
    path("", views.listed, name="users"),
    path("new/", views.create, name="user_new"),
    path("import/", imports.read, name="users_import"),
    path("import/done/", imports.take, name="users_import_take"),
    path("roles/", views.roles, name="roles"),
    path("<int:user_id>/", views.shown, name="user"),
    path("<int:user_id>/name/", views.rename, name="user_rename"),
    path("<int:user_id>/disable/", views.disable, name="user_disable"),
    path("<int:user_id>/enable/", views.enable, name="user_enable"),
    path("<int:user_id>/password/", views.password, name="user_password"),
    path("<int:user_id>/second-factor/", views.second_factor, name="user_second_factor"),
    path("<int:user_id>/grant/", views.grant, name="user_grant"),
]
