"""REST: /api/v1/articles/ lists and searches articles, /api/v1/questions/ what is asked."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets.asked import questions
from tickets.flow import KIND
from tickets.knowledge import index
from tickets.models import Article
from waterdesk.core import policy
from waterdesk.core.errors import Invalid, NotAllowed

MOST = 100


class ArticleOut(serializers.ModelSerializer):
    """`short` is what is read out or sent; `valid_until` is the last day, null without end."""

    class Meta:
        model = Article
        fields: ClassVar[list[str]] = [
            "code", "title", "questions", "short", "body", "subjects", "areas", "tags",
            "valid_from", "valid_until", "reviewed_on", "source", "version",
        ]  # fmt: skip


class OfTheDesk(IsAuthenticated):
    """People of the utility: answers may name what is not public."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        if not request.user.is_desk:
            raise NotAllowed
        return True


class ArticlesView(APIView):
    permission_classes = (OfTheDesk,)

    @extend_schema(
        parameters=[
            OpenApiParameter("q", description="words, or initials of pinyin"),
            OpenApiParameter("subject", description="the code of a subject: repair.quality"),
            OpenApiParameter("area", description="the code of an area"),
        ],
        responses=ArticleOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """The valid articles: with `q` the best first, otherwise by code; at most 100."""
        given, today = request.query_params, timezone.localdate()
        subject, areas = given.get("subject", ""), _and_above(given.get("area", ""))
        if said := given.get("q", ""):
            found = index.search(said, today, subject=subject, areas=areas, most=MOST)
        else:
            found = [
                each.article
                for each in index.shelf().entries
                if each.article.is_valid(today)
                and (not subject or index.is_about(each.article, subject))
                and index.is_of(each.article, areas)
            ][:MOST]
        return Response(ArticleOut(found, many=True).data)


class ArticleView(APIView):
    permission_classes = (OfTheDesk,)

    @extend_schema(responses=ArticleOut)
    def get(self, request: Request, code: str) -> Response:
        return Response(ArticleOut(get_object_or_404(Article, code=code)).data)


class ChoiceOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class QuestionOut(serializers.Serializer):
    """One question about a subject; its answer stands in `answers` of a ticket by `code`."""

    code = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()
    help = serializers.CharField()
    required = serializers.BooleanField()
    shown = serializers.DictField(allow_null=True)
    least = serializers.IntegerField(allow_null=True)
    most = serializers.IntegerField(allow_null=True)
    choices = ChoiceOut(many=True)


class QuestionsView(APIView):
    """Open to everybody, like the services: whoever reports a fault is asked the same."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(
        parameters=[OpenApiParameter("subject", description="repair.burst", required=True)],
        responses=QuestionOut(many=True),
    )
    def get(self, request: Request) -> Response:
        subject = request.query_params.get("subject", "")
        if (KIND, subject) not in policy.current().subjects:
            raise Invalid(fields={"subject": _("没有这个事项。")})
        return Response([_asked(each) for each in questions.of(subject)])


def _asked(question: questions.Question) -> dict[str, Any]:
    named = ("code", "label", "kind", "help", "required", "shown", "least", "most")
    choices = [{"code": code, "name": name} for code, name, _when in question.choices]
    return {name: getattr(question, name) for name in named} | {"choices": choices}


def _and_above(code: str) -> set[str]:
    """The codes of an area and of all above it; none for no area, Invalid for one there is not."""
    if not code:
        return set()
    rules = policy.current()
    area = rules.area_coded(code)
    if area is None:
        raise Invalid(fields={"area": _("没有这个片区。")})
    return {rules.areas[each].code for each in rules.above(area.pk)}
