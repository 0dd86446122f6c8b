"""Addresses of signing in and of one's own account."""

from __future__ import annotations

from django.urls import path

from suqiu.web.accounts import entrance, own

app_name = "accounts"
urlpatterns = [
    path("", own.account, name="account"),
    path("login/", entrance.enter, name="login"),
    path("code/", entrance.code, name="code"),
    path("logout/", entrance.leave, name="logout"),
    path("outside/", entrance.outside, name="outside"),
    path("outside/returned/", entrance.returned, name="returned"),
    path("password/", own.password, name="password"),
    path("second-factor/", own.bind, name="second_factor"),
    path("second-factor/off/", own.unbind, name="second_factor_off"),
    path("second-factor/recovery/", own.recovery, name="recovery"),
    path("sign-ins/end/", own.end_others, name="end_others"),
]
