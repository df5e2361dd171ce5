"""外勤任务: the work inside a case, one row a job. Only the door writes these rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Case


class Job(models.Model):
    """One job of a case, as its service defined it when the case was accepted.

    `code` is that of the definition; `needs` are the jobs that must be done or left out before.
    `result` holds what was noted when it was done, by the codes of the definition. `skipped` is one
    that this case does not want, `void` one that nobody wants any more: the case has ended.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("未开始")
        READY = "ready", _("可开始")
        DONE = "done", _("已完成")
        SKIPPED = "skipped", _("不需要")
        VOID = "void", _("已作废")

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="jobs", db_index=False, verbose_name=_("办件")
    )
    code = models.CharField(_("编码"), max_length=40)
    name = models.CharField(_("名称"), max_length=20)
    position = models.PositiveSmallIntegerField(_("顺序"))
    round = models.PositiveSmallIntegerField(_("第几次"), default=1)
    step = models.CharField(_("环节"), max_length=40, blank=True)
    needs = models.JSONField(_("前置任务"), default=list, blank=True)
    team = models.CharField(_("由谁办"), max_length=10)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False, verbose_name=_("处理人"),
    )  # fmt: skip
    # 预约: the window in which somebody comes.
    window_from = models.DateTimeField(_("预约开始"), null=True, blank=True)
    window_to = models.DateTimeField(_("预约结束"), null=True, blank=True)
    # When the customer is reminded of it; nothing once that is done.
    remind_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    ready_at = models.DateTimeField(_("可开始时间"), null=True, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False, verbose_name=_("完成人"),
    )  # fmt: skip
    result = models.JSONField(_("结果"), default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("任务")
        ordering = ["case", "round", "position"]
        indexes = [
            # "My jobs" and the load of each: few rows a person, done ones left out.
            models.Index(fields=["handler"], name="job_ready_of", condition=Q(state="ready")),
            # What is booked of a day: whether a window still has room.
            models.Index(
                fields=["window_from"], name="job_booked",
                condition=Q(window_from__isnull=False, state__in=["waiting", "ready"]),
            ),
            # Whom the reminder of appointments is for: few, and none when nothing is due.
            models.Index(
                fields=["remind_at"], name="job_reminds", condition=Q(remind_at__isnull=False)
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(name="job_once_a_round", fields=["case", "code", "round"]),
            models.CheckConstraint(
                name="job_done_knows_when",
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="job_window_has_both_ends",
                condition=Q(window_from__isnull=True, window_to__isnull=True)
                | Q(window_to__gt=F("window_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.code}"
