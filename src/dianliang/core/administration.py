"""The administration site, without knowing who may enter it."""

from datetime import datetime

from django.contrib import admin
from django.http import HttpRequest

from dianliang.kernel.actor import Actor


class Administration(admin.AdminSite):
    """The site; an outer floor says who asks and what time it is."""

    site_header = "点亮 · 管理"
    site_title = "点亮"
    index_title = "基础数据与账号"

    def actor(self, request: HttpRequest) -> Actor:
        """Return the administrator who asks."""
        raise NotImplementedError

    def now(self) -> datetime:
        """Return the time of the request."""
        raise NotImplementedError
