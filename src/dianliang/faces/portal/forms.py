"""What a resident fills in. Shape only: meaning is checked by the flow."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dianliang.domain.catalog.queries import services, venue_types
from dianliang.domain.territory.queries import area_rows

KINDS = [
    ("resident", _("为自己")),
    ("on_behalf", _("代老人、邻居或家人")),
    ("enterprise", _("为企业")),
]


class NeedForm(forms.Form):
    """A need in one page: words are enough, everything else helps."""

    text = forms.CharField(
        max_length=8000,
        strip=True,
        error_messages={"required": _("请写下需要什么，一句话就可以。")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    service_code = forms.ChoiceField(required=False)
    venue_type = forms.ChoiceField(required=False)
    area_code = forms.ChoiceField(required=False)
    site_code = forms.CharField(required=False, max_length=24)
    address = forms.CharField(required=False, max_length=400)
    lat = forms.FloatField(required=False)
    lon = forms.FloatField(required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    on_behalf_of = forms.CharField(required=False, max_length=80)
    name = forms.CharField(required=False, max_length=80)
    phone = forms.CharField(required=False, max_length=40)
    key = forms.CharField(min_length=16, max_length=60)
    follow = forms.CharField(min_length=20, max_length=60)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        self._choose("service_code", [(row.code, row.name) for row in services()])
        self._choose("venue_type", venue_types())
        villages = area_rows(levels=("township", "village"))
        towns = {row.code: row.name for row in villages}
        self._choose(
            "area_code",
            [
                (row.code, f"{towns.get(row.parent_code, '')} {row.name}".strip())
                for row in villages
            ],
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("不确定")), *choices]
