"""Log-in, role choice, and pages for when something is wrong."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dianliang.core import limits
from dianliang.faces.ui.requests import ROLE_SESSION_KEY, actor, now, source_of, today
from dianliang.flows import identity
from dianliang.kernel.actor import Role

HOMES = {
    Role.DISPATCHER: "console:board",
    Role.ALLIANCE_UNIT: "console:board",
    Role.STEWARD: "field:today",
    Role.CAPTAIN: "field:today",
    Role.PARTY_AFFAIRS: "board:overview",
    Role.COMMANDER: "board:overview",
    Role.AUDITOR: "board:overview",
    Role.ADMINISTRATOR: "board:overview",
}
MOST_LOG_INS, PER = 200, timedelta(minutes=10)
"""Log-ins per source, whatever the names: an office behind one address fits, a list does not, and
each costs a tenth of a second of deliberate computing."""


class LogIn(auth.LoginView):
    """The one log-in page; what succeeds and what fails is on record."""

    template_name = "ui/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try a password, unless this source tries too many names."""
        try:
            limits.count(
                what="log-in", source=source_of(request), most=MOST_LOG_INS, per=PER, at=now()
            )
        except limits.TooManyError as refusal:
            answer = problem(request, status=429, heading=_("请稍后再试"), words=refusal.message)
            answer["Retry-After"] = str(refusal.retry_after_s)
            return answer
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let the person in."""
        answer = super().form_valid(form)
        identity.record_log_in(form.get_user().get_username(), failed=False, at=now())
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Say why not; which of the two was wrong is not said."""
        locked = getattr(self.request, "axes_locked_out", False)
        name = form.data.get("username", "")
        reason = "失败次数过多，已暂时锁定" if locked else "登录名或密码不对"
        identity.record_log_in(name, failed=True, reason=reason, at=now())
        return super().form_invalid(form)


class LogOut(auth.LogoutView):
    """The way out."""

    next_page = "/"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session."""
        by = actor(request)
        if by is not None:
            identity.record_log_out(by, at=now())
        return super().post(request, *args, **kwargs)


login = LogIn.as_view()
logout = LogOut.as_view()


def home(request: HttpRequest) -> HttpResponse:
    """Send a person to where his role works."""
    by = actor(request)
    if by is None:
        return redirect("login" if not request.user.is_authenticated else "ui:roles")
    return redirect(HOMES.get(by.role, "portal:home"))


def roles(request: HttpRequest) -> HttpResponse:
    """Let a person with several roles choose one."""
    if not request.user.is_authenticated:
        return redirect("login")
    choices = identity.roles_of(request.user, on=today())
    return TemplateResponse(request, "ui/roles.html", {"choices": choices})


@require_POST
def act_as(request: HttpRequest, role_id: int) -> HttpResponseRedirect:
    """Act in another of one's own roles from now on."""
    if not request.user.is_authenticated:
        return redirect("login")
    if role_id not in {choice.id for choice in identity.roles_of(request.user, on=today())}:
        raise Http404
    request.session[ROLE_SESSION_KEY] = role_id
    return redirect(reverse("home"))


def problem(request: HttpRequest, *, status: int, heading: str, words: str) -> HttpResponse:
    """Show what went wrong and what to do."""
    context = {"heading": heading, "words": words}
    return TemplateResponse(request, "ui/error.html", context, status=status).render()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    del exception
    return problem(request, status=400, heading=_("这个请求看不懂"), words=_("请返回上一页重试。"))


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    del exception
    words = _("页面可能放得太久了，请刷新后再试。")
    return problem(request, status=403, heading=_("没有完成"), words=words)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token: too old, or not ours."""
    return denied(request, PermissionError(reason))


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    del exception
    words = _("地址可能写错了，或者内容不归您查看。")
    return problem(request, status=404, heading=_("没有找到"), words=words)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    words = _("我们这边出了问题。已经提交的内容不会丢失，请稍后再试。")
    return problem(request, status=500, heading=_("出错了"), words=words)
