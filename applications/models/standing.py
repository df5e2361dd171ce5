"""What a service leaves behind: a relief, a temporary supply, a suspension …, with its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application

if TYPE_CHECKING:
    from datetime import date


class Standing(models.Model):
    """What one application left, once it had its result; one a case. Only the door writes it.

    `ends_on` is the last day on which it holds, None where it has no end; `review_on` the day from
    which it is to be looked at again. `remind_days` and `review_months` are those of the service
    when it began. `told` is the last of the reminders before this end: how many days ahead.
    `next_on` is the day on which the desk has something to do about its end; `review_told` and
    `review_next_on` are the same for the reminders before a review. `asked_on` and
    `answered` say when a source was asked for the review, and how it answered.
    """

    class State(models.TextChoices):
        IN_FORCE = "in-force", _("有效")
        EXTENDED = "extended", _("已延续")
        ENDED = "ended", _("已终止")

    class Because(models.TextChoices):
        TIME = "time", _("到期")
        REVIEW = "review", _("复核未通过")
        DECIDED = "decided", _("提前终止")

    IN_FORCE: ClassVar[tuple[str, ...]] = (State.IN_FORCE.value, State.EXTENDED.value)

    case = models.OneToOneField(
        Application, models.CASCADE, related_name="standing", verbose_name=_("申请")
    )
    kind = models.CharField(_("种类"), max_length=40)
    name = models.CharField(_("名称"), max_length=40)
    account = models.CharField(_("户号"), max_length=20, blank=True)
    begins_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("有效期至"), null=True, blank=True)
    review_on = models.DateField(_("复核日期"), null=True, blank=True)
    review_months = models.PositiveSmallIntegerField(_("复核间隔（月）"), null=True, blank=True)
    remind_days = models.JSONField(_("到期前提醒（天）"), default=list, blank=True)
    told = models.PositiveSmallIntegerField(_("已提醒（提前天数）"), null=True, blank=True)
    next_on = models.DateField(_("下次处理日期"), null=True, blank=True)
    review_told = models.PositiveSmallIntegerField(
        _("复核前已提醒（提前天数）"), null=True, blank=True
    )
    review_next_on = models.DateField(_("下次复核提醒日期"), null=True, blank=True)
    asked_on = models.DateField(_("复核查询日期"), null=True, blank=True)
    answered = models.CharField(_("复核查询结果"), max_length=20, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    ended_because = models.CharField(
        _("终止原因"), max_length=10, choices=Because.choices, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = _("服务留存")
        ordering = ["pk"]
        indexes = [
            # The tick reads it and nothing else does: its cost follows what is due.
            models.Index(
                fields=["next_on"], name="standing_next", condition=Q(next_on__isnull=False)
            ),
            # Whose review has come: the list and the asking of the source.
            models.Index(
                fields=["review_on"], name="standing_review", condition=Q(review_on__isnull=False)
            ),
            # The reminders before a review: few rows, and none when nothing is due.
            models.Index(
                fields=["review_next_on"], name="standing_review_reminds",
                condition=Q(review_next_on__isnull=False),
            ),
            # The list of what ends within a month.
            models.Index(
                fields=["ends_on"], name="standing_ends", condition=~Q(state="ended"),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="standing_ended_knows_when_and_why",
                condition=(
                    Q(state="ended", ended_on__isnull=False, next_on__isnull=True)
                    & Q(review_on__isnull=True)
                    & ~Q(ended_because="")
                )
                | (~Q(state="ended") & Q(ended_on__isnull=True, ended_because="")),
            ),
            models.CheckConstraint(
                name="standing_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                violation_error_message=_("有效期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"

    @property
    def is_in_force(self) -> bool:
        return self.state in self.IN_FORCE

    def is_to_be_reviewed(self, today: date) -> bool:
        return self.review_on is not None and self.review_on <= today
