"""A page with one chart of each kind, beside the product's own pages."""

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from dianliang.config.urls import urlpatterns as own
from dianliang.faces.ui.charts import Chart, Heat, Limit, Series, Shape

HOURS = tuple(f"{hour:02d}:00" for hour in range(24))
LOAD = Chart(
    key="load",
    title="负载与额定容量",
    x_name="时刻",
    y_name="负载（kVA）",
    x=HOURS,
    series=(
        Series(
            name="预测",
            values=tuple(100.0 + 4 * hour for hour in range(24)),
            low=tuple(80.0 + 4 * hour for hour in range(24)),
            high=tuple(130.0 + 4 * hour for hour in range(24)),
        ),
        Series(name="实测", values=(None, *(90.0 + 5 * hour for hour in range(23)))),
        Series(name="电量", values=(10.0,) * 24, shape=Shape.BAR, is_right=True),
    ),
    limits=(Limit(name="额定", value=250.0),),
    right_name="电量（kWh）",
)
BUDGET = Chart(
    key="budget",
    title="预算与治理台区数",
    x_name="预算（万元）",
    y_name="台区（个）",
    x=(0.0, 12.5, 100.0),
    series=(Series(name="可治理", values=(0.0, 3.0, 9.0), shape=Shape.STEP),),
    digits=0,
)
HEAT = Heat(
    key="heat",
    title="每小时负载率",
    x_name="日",
    y_name="时",
    x=("1", "2"),
    y=HOURS,
    values=tuple((float(hour * 5), None) for hour in range(24)),
    edges=(40.0, 60.0, 80.0, 100.0),
    unit="%",
)
PAGE = """{% extends "ui/base.html" %}{% load static charts %}
{% block main %}<div class="desk stack"><h1>图</h1>{% for one in drawn %}{% chart one %}{% endfor %}</div>{% endblock %}
{% block scripts %}<script type="module" src="{% static 'ui/chart.js' %}"></script>{% endblock %}"""  # noqa: E501 (one line each, as templates are)


def page(request: HttpRequest) -> HttpResponse:
    """Show a chart of each kind."""
    context = RequestContext(request, {"drawn": (LOAD, BUDGET, HEAT)})
    return HttpResponse(Template(PAGE).render(context))


urlpatterns = [*own, path("charted/", page)]
