"""The interface for programs: one document, one form of refusal, tokens with scopes."""

from typing import Any

from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from dianliang.api.v1 import (
    alerts,
    follow,
    grid_projects,
    linewatch,
    needs,
    planning,
    reference,
)
from dianliang.api.v1.access import MOST_PER_MINUTE, Throttle, TokenAuth
from dianliang.api.v1.problems import Api, install
from dianliang.flows.tokens import SCOPES


class Encoder(NinjaJSONEncoder):
    """JSON of our frozen answers; a set has no order, so it gets one."""

    def default(self, o: Any) -> Any:
        """Write sets in order."""
        return sorted(o) if isinstance(o, frozenset) else super().default(o)


class Renderer(JSONRenderer):
    """JSON as people read it: Chinese as it is."""

    encoder_class: type[NinjaJSONEncoder] = Encoder
    json_dumps_params = {"ensure_ascii": False}


api = Api(
    title="点亮 Dianliang",
    version="1.2.0",
    description="社区服务闭环的程序接口。令牌由管理员用 `dianliang token issue` 发放，权限有："
    + "；".join(f"{scope} {label}" for scope, label in SCOPES.items())
    + f"。每个令牌每分钟最多 {MOST_PER_MINUTE} 次请求，提出需求不受此限。"
    "被拒绝的请求一律以 application/problem+json（RFC 9457）说明原因，并记入审计。",
    auth=TokenAuth(),
    throttle=Throttle(),
    docs_url=None,
    renderer=Renderer(),
    urls_namespace="v1",
)
install(api)
for part in (reference, needs, follow, planning, alerts, linewatch, grid_projects):
    api.add_router("", part.router)
