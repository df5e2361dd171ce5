"""REST: the catalogue, as whoever builds another page for it needs it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from applications.catalogue import held
from applications.catalogue.definition import Question, Service
from applications.offer import published


class ChoiceOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    when = serializers.DictField(allow_null=True)


class QuestionOut(serializers.Serializer):
    """`where` is the place of the answer in the body of an application."""

    code = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()
    help = serializers.CharField()
    required = serializers.BooleanField()
    shown = serializers.DictField(allow_null=True)
    choices = ChoiceOut(many=True)
    least = serializers.IntegerField(allow_null=True)
    most = serializers.IntegerField(allow_null=True)
    where = serializers.CharField()


class StepOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class PromiseOut(serializers.Serializer):
    name = serializers.CharField()
    limit = serializers.CharField()
    source = serializers.CharField()


class ServiceOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    guide = serializers.ListField(child=serializers.CharField())
    applicants = serializers.ListField(child=serializers.CharField())
    questions = QuestionOut(many=True)
    steps = StepOut(many=True)
    promises = PromiseOut(many=True)


# Where the answers to common questions stand in the body of POST /api/v1/applications/.
PLACES = {
    "applicant_kind": "applicant.kind",
    "name": "applicant.name",
    "phone": "applicant.phone",
    "id_number": "applicant.id_number",
    "uscc": "applicant.uscc",
    "contact": "applicant.contact",
    "pipe": "external_line",
}


class ServicesView(APIView):
    """Open to everybody: what the pages show anyhow."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(responses=ServiceOut(many=True))
    def get(self, request: Request) -> Response:
        """All services that can be applied for. No query for any of them."""
        return Response([_shown(each, request) for each in held.services()])


class ServiceView(APIView):
    """Open to everybody: what the pages show anyhow."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(responses=ServiceOut)
    def get(self, request: Request, code: str) -> Response:
        """One service; 404 for one that is not offered."""
        return Response(_shown(held.wanted(code), request))


def _shown(service: Service, request: Request) -> dict[str, Any]:
    at = request._request.now
    data = {
        "code": service.code,
        "name": service.name,
        "group": service.group,
        "guide": list(service.guide),
        "applicants": list(service.applicants),
        "questions": [_asked(each) for each in service.questions if not each.staff],
        "steps": [{"code": each.code, "name": each.name} for each in service.steps],
        "promises": published(at, service.code),
    }
    return ServiceOut(data).data


def _asked(question: Question) -> dict[str, Any]:
    own = f"answers.{question.code}"
    return {
        "code": question.code,
        "label": str(question.label),
        "kind": question.kind,
        "help": str(question.help),
        "required": question.required,
        "shown": question.shown,
        "choices": [
            {"code": code, "name": str(name), "when": when} for code, name, when in question.choices
        ],
        "least": question.least,
        "most": question.most,
        "where": PLACES.get(question.code, question.code) if question.common else own,
    }
