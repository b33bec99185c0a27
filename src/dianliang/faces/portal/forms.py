"""What a resident fills in. Shape only: meaning is checked by the flow."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dianliang.domain.catalog.queries import services, venue_types
from dianliang.domain.territory.queries import TownChoice, village_choices
from dianliang.faces.ui.templatetags.ui import translated

KINDS = [
    ("resident", _("为自己")),
    ("on_behalf", _("代老人、邻居或家人")),
    ("enterprise", _("为企业")),
]
PIN_WRONG = {"invalid": _("选点的经纬度不对，请在地图上重新点一下。")}
CHOICE_GONE = {"invalid_choice": _("没有这个选项，请重新选择。")}
VILLAGE_GONE = {"invalid_choice": _("没有这个村社区，请重新选择。")}


class NeedForm(forms.Form):
    """A need in one page: words are enough, everything else helps."""

    text = forms.CharField(
        max_length=8000,
        strip=True,
        error_messages={"required": _("请写下需要什么，一句话就可以。")},
    )
    service_code = forms.ChoiceField(required=False, error_messages=CHOICE_GONE)
    venue_type = forms.ChoiceField(required=False, error_messages=CHOICE_GONE)
    area_code = forms.ChoiceField(required=False, error_messages=VILLAGE_GONE)
    site_code = forms.CharField(required=False, max_length=24)
    address = forms.CharField(required=False, max_length=400)
    lat = forms.FloatField(required=False, error_messages=PIN_WRONG)
    lon = forms.FloatField(required=False, error_messages=PIN_WRONG)
    kind = forms.ChoiceField(choices=KINDS, required=False, error_messages=CHOICE_GONE)
    on_behalf_of = forms.CharField(required=False, max_length=80)
    firm = forms.CharField(required=False, max_length=160)
    account_number = forms.CharField(required=False, max_length=40)
    name = forms.CharField(required=False, max_length=80)
    phone = forms.CharField(required=False, max_length=40)
    key = forms.RegexField(
        r"\A[A-Za-z0-9_-]{16,60}\Z",
        error_messages={"required": _("页面不完整，请再按一次提交。")},
    )
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        self._choose("service_code", [(row.code, translated(row.name)) for row in services()])
        self._choose("venue_type", venue_types())
        self._choose("area_code", [place for town in self.towns for place in _places(town)])

    @property
    def towns(self) -> tuple[TownChoice, ...]:
        """Return the villages by township."""
        return village_choices()

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("不确定")), *choices]


def _places(town: TownChoice) -> list[tuple[str, str]]:
    return [(town.code, town.name), *((village.code, village.name) for village in town.villages)]
