"""REST: applications. What is sent is laid out as published; intake checks what it says."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from applications import intake
from applications.burdens.api import FourZerosOut
from applications.catalogue import held
from applications.models import Application
from waterdesk.core.api.cases import CaseOut, CaseViewSet
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.errors import Invalid
from waterdesk.core.intake import channels_of
from waterdesk.core.models.cases import Case

# What stands in the body under `applicant`, by the name that intake has for it.
_NESTED = {
    "applicant_kind": "kind",
    "name": "name",
    "phone": "phone",
    "id_number": "id_number",
    "uscc": "uscc",
    "contact": "contact",
}


class ApplicantIn(Prepared, serializers.Serializer):
    """Who applies. `id_number` belongs to a person; `uscc` and `contact` to an organisation."""

    kind = serializers.ChoiceField(choices=Application.Applicant.choices)
    name = serializers.CharField()
    phone = serializers.CharField()
    id_number = serializers.CharField(required=False, allow_blank=True)
    uscc = serializers.CharField(required=False, allow_blank=True)
    contact = serializers.CharField(required=False, allow_blank=True)


class StrictBoolean(serializers.BooleanField):
    """true or false and nothing that resembles them: a guess here would change the promise."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class ApplicationIn(Prepared, serializers.Serializer):
    """A request for a service of the catalogue, see GET /api/v1/services/.

    Which of `account`, `use`, `calibre_mm` and `external_line` are wanted, and what stands under
    `answers`, the service says. `lat` and `lon` are the point of the address in degrees (WGS84).
    """

    service = serializers.CharField()
    applicant = ApplicantIn()
    address = serializers.CharField()
    area = serializers.CharField(required=False, allow_blank=True)
    lat = serializers.FloatField(required=False, allow_null=True)
    lon = serializers.FloatField(required=False, allow_null=True)
    account = serializers.CharField(required=False, allow_blank=True)
    use = serializers.ChoiceField(choices=Application.Use.choices, required=False)
    calibre_mm = serializers.IntegerField(required=False)
    external_line = StrictBoolean(required=False)
    answers = serializers.DictField(required=False)
    channel = serializers.ChoiceField(choices=Case.Channel.choices, required=False)
    remark = serializers.CharField(required=False, allow_blank=True)

    def validate_service(self, value: str) -> str:
        if held.offered(value) is None:
            raise serializers.ValidationError(_("没有这项服务。"))
        return value

    def validate_channel(self, value: str) -> str:
        if value not in channels_of(self.context["request"].user):
            raise serializers.ValidationError(_("您不能使用这个渠道。"))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        applicant = attrs["applicant"]
        given = {name: applicant.get(path) for name, path in _NESTED.items()} | attrs
        try:
            self.draft = intake.draft(
                given,
                by=self.context["request"].user,
                channel=attrs.get("channel", Case.Channel.API.value),
                service=attrs["service"],
            )
        except Invalid as refusal:
            raise serializers.ValidationError(_laid_out(refusal)) from refusal
        return attrs

    def to_case(self) -> Application:
        return self.draft


def _laid_out(refusal: Invalid) -> dict[str, Any]:
    """The refusal's fields where the body has them: applicant.phone, not phone."""
    detail: dict[str, Any] = {}
    for name, message in refusal.fields.items():
        if name.startswith("answers."):
            detail.setdefault("answers", {})[name.removeprefix("answers.")] = [message]
            continue
        place = detail.setdefault("applicant", {}) if name in _NESTED else detail
        place[_NESTED.get(name, name)] = [message]
    return detail


class ApplicantOut(Prepared, serializers.Serializer):
    """The identity number is shown masked, to whomever."""

    kind = serializers.CharField(source="applicant_kind")
    name = serializers.CharField()
    phone = serializers.CharField()
    id_number = serializers.CharField(source="masked_id_number")
    uscc = serializers.CharField()
    contact = serializers.CharField()


class ApplicationOut(CaseOut):
    service = serializers.CharField(source="subject")
    applicant = ApplicantOut(source="*")
    four_zeros = FourZerosOut(source="*", read_only=True)

    class Meta(CaseOut.Meta):
        model = Application
        fields: ClassVar[list[str]] = [
            *CaseOut.Meta.fields,
            "service",
            "applicant",
            "account",
            "answers",
            "use",
            "calibre_mm",
            "external_line",
            "meter_number",
            "satisfaction",
            "reopened",
            "four_zeros",
        ]


class ApplicationViewSet(CaseViewSet):
    """用水报装: apply, look, read the record, make a move.

    A customer applies with the own verified number and sees the cases of that number only.
    """

    queryset = Application.objects.all()
    serializer_class = ApplicationOut
    opening_class = ApplicationIn

    @extend_schema(request=ApplicationIn, responses={200: ApplicationOut, 201: ApplicationOut})
    def create(self, *args: Any, **kwargs: Any) -> Any:
        """Apply. The same Idempotency-Key and body again answer 200 with the same case."""
        return super().create(*args, **kwargs)
