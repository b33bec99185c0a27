"""The OpenAPI description of GeoReport v2 as we serve it; a test holds every answer to it."""

from typing import Any

from dianliang.api.open311.asked import MOST_PAGES, MOST_ROWS

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
MAYBE_NUMBER: Json = {"type": ["number", "null"]}
FORMS = ("json", "xml")
FILTERS = {
    "service_request_id": "一个或几个编号，逗号分隔；给出后不看起止日期",
    "service_code": "一个或几个事项编码，逗号分隔",
    "start_date": "最早的提出时间，ISO 8601；起止最长相隔 90 天",
    "end_date": "最晚的提出时间",
    "updated_after": "最早的更新时间（扩展）",
    "updated_before": "最晚的更新时间（扩展）",
    "status": "open、closed，或两者",
    "page": f"第几页，1–{MOST_PAGES}（扩展）",
    "page_size": f"每页几条，1–{MOST_ROWS}（扩展）",
}
SENT = {
    "api_key": "必填：管理员发放",
    "jurisdiction_id": "县的区划代码；可以不填",
    "service_code": "必填：事项编码",
    "description": "必填：什么事",
    "lat": "纬度（WGS 84）",
    "long": "经度（WGS 84）",
    "address_string": "地址",
    "address_id": "村社区的区划代码",
    "attribute[area_code]": "同 address_id",
    "attribute[venue_type]": "场所类型",
    "first_name": "名",
    "last_name": "姓",
    "phone": "电话，数字和短横线",
    "account_id": "调用方自己的账号标识，原样返回",
    "email": "不保存",
    "device_id": "不保存",
    "media_url": "图片的 http(s) 地址：记在说明里，不去下载",
}


def document() -> Json:
    """Return the OpenAPI document."""
    paths: Json = {}
    for form in FORMS:
        for path, operations in _operations(form).items():
            paths[f"/api/open311/v2/{path}.{form}"] = operations
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "点亮 · Open311 GeoReport v2",
            "version": "2.1",
            "description": "公开的需求，不含任何个人信息：位置是村社区，或扫码的公共点位。"
            "状态只有 open 和 closed，细分状态在 extended_attributes。"
            "提出需求可带 Idempotency-Key 头；不带时，同一天里内容完全相同的算同一条。",
        },
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _operations(form: str) -> Json:
    number = _parameter("service_request_id", "编号", where="path")
    token = _parameter("token", "回执", where="path")
    code = _parameter("service_code", "事项编码", where="path")
    return {
        "discovery": {"get": _operation(form, "说明", "Discovery", refusals=())},
        "services": {"get": _operation(form, "事项", "Services", _jurisdiction())},
        "services/{service_code}": {
            "get": _operation(form, "一个事项的填写项", "Definition", code, _jurisdiction())
        },
        "requests": {
            "get": _operation(
                form,
                "公开的需求",
                "Requests",
                *(_parameter(name, words) for name, words in FILTERS.items()),
                _jurisdiction(),
                refusals=(400, 404),
            ),
            "post": _posting(form),
        },
        "requests/{service_request_id}": {
            "get": _operation(
                form, "一条需求", "Requests", number, _jurisdiction(), refusals=(400, 404)
            )
        },
        "tokens/{token}": {
            "get": _operation(form, "回执对应的编号", "Tokens", token, _jurisdiction())
        },
    }


def _operation(
    form: str, summary: str, schema: str, *parameters: Json, refusals: tuple[int, ...] = (404,)
) -> Json:
    answers = {"200": _answer(form, summary, schema)}
    answers |= {str(code): _answer(form, "没有办成", "Errors") for code in refusals}
    return {"summary": summary, "parameters": list(parameters), "responses": answers}


def _posting(form: str) -> Json:
    fields = {name: TEXT | {"description": words} for name, words in SENT.items()}
    body = {
        "type": "object",
        "properties": fields,
        "required": ["api_key", "service_code", "description"],
    }
    photos = {"media": {"type": "array", "items": {"type": "string", "format": "binary"}}}
    with_photos = body | {"properties": fields | photos}
    key = _parameter("Idempotency-Key", "重试时不变，只记一条", where="header")
    refusals = (400, 403, 404, 409, 429)
    operation = _operation(form, "提出需求", "Posted", key, refusals=refusals)
    operation["responses"]["201"] = operation["responses"].pop("200")
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": body},
            "multipart/form-data": {"schema": with_photos},
        },
    }
    return operation


def _answer(form: str, words: str, schema: str) -> Json:
    if form == "xml":
        return {"description": words, "content": {"text/xml": {"schema": {}}}}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": words, "content": content}


def _parameter(name: str, words: str, *, where: str = "query") -> Json:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "schema": TEXT | ({"minLength": 1} if where == "path" else {}),
        "description": words,
    }


def _jurisdiction() -> Json:
    return _parameter("jurisdiction_id", SENT["jurisdiction_id"])


def _rows(**fields: Json) -> Json:
    return {"type": "array", "items": _object(**fields)}


def _object(**fields: Json) -> Json:
    return {
        "type": "object",
        "properties": fields,
        "required": [*fields],
        "additionalProperties": False,
    }


def _texts(*names: str) -> dict[str, Json]:
    return dict.fromkeys(names, TEXT)


ATTRIBUTE = _object(
    **_texts("code", "datatype", "datatype_description", "description"),
    variable={"type": "boolean"},
    required={"type": "boolean"},
    order={"type": "integer"},
    values=_rows(**_texts("key", "name")),
)
REQUEST_FIELDS: dict[str, Json] = {
    **_texts(
        "service_request_id",
        "status_notes",
        "service_name",
        "service_code",
        "description",
        "agency_responsible",
        "service_notice",
        "requested_datetime",
        "updated_datetime",
        "expected_datetime",
        "address",
        "address_id",
        "zipcode",
        "media_url",
    ),
    "status": {"enum": ["open", "closed"]},
    "lat": MAYBE_NUMBER,
    "long": MAYBE_NUMBER,
    "extended_attributes": _object(**_texts("detail_status", "detail_label")),
}
SCHEMAS: Json = {
    "Discovery": _object(
        **_texts("changeset", "contact", "key_service"),
        endpoints=_rows(
            **_texts("specification", "url", "changeset", "type"),
            formats={"type": "array", "items": TEXT},
        ),
    ),
    "Services": _rows(
        **_texts("service_code", "service_name", "description", "type", "keywords", "group"),
        metadata={"type": "boolean"},
    ),
    "Definition": _object(service_code=TEXT, attributes={"type": "array", "items": ATTRIBUTE}),
    "Requests": _rows(**REQUEST_FIELDS),
    "Tokens": _rows(**_texts("service_request_id", "token")),
    "Posted": _rows(**_texts("service_request_id", "service_notice", "account_id")),
    "Errors": _rows(code={"type": "integer"}, description=TEXT),
}
