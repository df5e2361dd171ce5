"""知识库: what the hotline may answer, its versions, who was answered with it, and what is missing.

`tickets.knowledge.saving` writes articles and their versions; uses are kept by the door, with the
move that gave the answer.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

TITLE_LENGTH, SHORT_LENGTH, BODY_LENGTH = 80, 500, 8000
ASKED_LENGTH = 100
# *chosen*: an article that nobody has looked at for a year may say what is no longer so; a month
# is time enough to find out what comes after one that ends.
REVIEW_AFTER = timedelta(days=365)
ENDS_SOON = timedelta(days=30)


class ArticleQuerySet(models.QuerySet["Article"]):
    """`today` is the desk's own day."""

    def valid(self, today: date) -> ArticleQuerySet:
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=today), valid_from__lte=today)

    def ended(self, today: date) -> ArticleQuerySet:
        return self.filter(valid_until__lt=today)

    def ending(self, today: date) -> ArticleQuerySet:
        return self.filter(valid_until__range=(today, today + ENDS_SOON))

    def unreviewed(self, today: date) -> ArticleQuerySet:
        """Valid, and not looked at for a year."""
        return self.valid(today).filter(reviewed_on__lt=today - REVIEW_AFTER)

    def to_review(self, today: date) -> ArticleQuerySet:
        """Outdated, ending within 30 days, or not looked at for a year."""
        late = Q(reviewed_on__lt=today - REVIEW_AFTER)
        return self.filter(Q(valid_until__lte=today + ENDS_SOON) | late)


class Article(models.Model):
    """知识条目: a question as people ask it, and the answer as it is read out or sent.

    `subjects` are codes of what tickets are about, a category standing for all of it; `areas` are
    codes, none is everywhere. `valid_until` is the last day.
    """

    code = models.CharField(
        _("编码"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("编码只用小写字母、数字和连字符。"))],
    )
    title = models.CharField(_("标题"), max_length=TITLE_LENGTH)
    questions = models.JSONField(_("客户会怎么问"), default=list, blank=True)
    short = models.CharField(_("答复"), max_length=SHORT_LENGTH)
    body = models.TextField(_("详细说明"), max_length=BODY_LENGTH, blank=True)
    subjects = models.JSONField(_("适用事项"), default=list, blank=True)
    areas = models.JSONField(_("适用片区"), default=list, blank=True)
    tags = models.JSONField(_("标签"), default=list, blank=True)
    valid_from = models.DateField(_("生效日期"))
    valid_until = models.DateField(_("失效日期"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("负责人"),
    )
    reviewed_on = models.DateField(_("复核日期"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=0, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("知识条目")
        constraints = [
            models.CheckConstraint(
                name="article_ends_after_it_begins",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("失效日期不能早于生效日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_valid(self, today: date) -> bool:
        return self.valid_from <= today and (self.valid_until is None or today <= self.valid_until)

    def ends_soon(self, today: date) -> bool:
        return self.valid_until is not None and today <= self.valid_until <= today + ENDS_SOON

    def needs_review(self, today: date) -> bool:
        return self.reviewed_on < today - REVIEW_AFTER


class ArticleVersion(models.Model):
    """What an article said from `at` on, and who made it so; never changed afterwards.

    The newest row's id tells every process whether what it holds in memory is still so.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    said = models.JSONField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "version"], name="article_version_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.version}"


class ArticleUse(models.Model):
    """One ticket was answered with an article, by word of mouth or by a short message."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="uses")
    case = models.ForeignKey("core.Case", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sent = models.BooleanField(default=False)

    class Meta:
        # The count beside an article, and what it was last good for.
        indexes = [models.Index(fields=["article", "-at"], name="article_used")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.case_id}"


class Unfound(models.Model):
    """What was asked and not found: a search that ended without a pick, without its figures.

    The same words again are counted, whatever became of them: dismissed ones that are asked again
    stay dismissed.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        ANSWERED = "answered", _("已建条目")
        DISMISSED = "dismissed", _("已忽略")

    asked = models.CharField(_("问的是"), max_length=ASKED_LENGTH, unique=True)
    times = models.PositiveIntegerField(_("次数"), default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="unfound")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        # The list shows what is open, the most asked first.
        indexes = [
            models.Index(
                fields=["-times", "-last_at"], name="unfound_open", condition=Q(state="open")
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="unfound_state_known",
                condition=Q(state__in=["open", "answered", "dismissed"]),
            )
        ]

    def __str__(self) -> str:
        return self.asked
