"""工单: a hotline request. Only the door writes these rows.

Two rules need columns of the case and of the ticket at once, which a model cannot say; they stand
in migration 0002: a dispatched ticket has a handler, an answered or finished one has a result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Case
from waterdesk.core.places import words

if TYPE_CHECKING:
    from tickets.models.orders import Order

# What a call is about (热线工单类型). The labels are rows of core.Subject, never written here.
REPAIR = "repair"
CATEGORIES = ("consultation", REPAIR, "complaint", "report", "suggestion", "praise", "help")
SUBTYPES = (
    "burst",
    "leak",
    "no-water",
    "low-pressure",
    "quality",
    "meter",
    "cover",
    "hydrant",
    "secondary",
)
RESULT_LENGTH = 2000
MATERIAL_LENGTH = 300


class Satisfaction(models.TextChoices):
    """What the customer said in the follow-up call."""

    SATISFIED = "satisfied", _("满意")
    NEUTRAL = "neutral", _("一般")
    DISSATISFIED = "dissatisfied", _("不满意")
    UNREACHABLE = "unreachable", _("未接通")
    REFUSED = "refused", _("拒绝评价")


class Ticket(Case):
    """One 工单. `remark` is what happened, in the caller's words; `result` is what was done."""

    category = models.CharField(_("类别"), max_length=20)
    subtype = models.CharField(_("报修类型"), max_length=20, blank=True)
    calibre_mm = models.PositiveIntegerField(
        _("管道口径（毫米）"), null=True, blank=True, help_text=_("所报主管道的口径，未知则留空。")
    )
    place = models.CharField(_("地址（比对用）"), max_length=200, blank=True, editable=False)
    # The answers to what is asked about its subject, by the questions' codes.
    answers = models.JSONField(_("来电回答"), default=dict, blank=True)
    # Of which danger the caller spoke, and in which words; "" of none.
    emergency = models.CharField(_("险情"), max_length=40, blank=True)
    emergency_words = models.CharField(_("险情词语"), max_length=100, blank=True)
    result = models.CharField(_("处理结果"), max_length=RESULT_LENGTH, blank=True)
    material = models.CharField(
        _("用料"), max_length=MATERIAL_LENGTH, blank=True, default="", db_default=""
    )
    satisfaction = models.CharField(
        _("满意度"), max_length=12, blank=True, choices=Satisfaction.choices
    )
    chased = models.PositiveIntegerField(_("催办次数"), default=0)
    reopened = models.PositiveIntegerField(_("重开次数"), default=0)
    # Until when whoever was sent has to accept; None once that is done, or nobody was asked.
    accept_by = models.DateTimeField(_("接单期限"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("接单时间"), null=True, blank=True)
    # Somebody was promised that the desk rings back, and nobody has yet.
    owes_call = models.BooleanField(_("承诺回电未回"), default=False, db_default=False)
    # What a complaint complains of.
    about = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="complaints",
        verbose_name=_("所投诉的办件"),
    )  # fmt: skip

    # Of one that is being opened: a person sends somebody next, so the rule leaves it alone.
    by_hand = False
    # Of one that is being opened: the order it comes by, not saved yet.
    ordered: Order | None = None

    class Meta:
        verbose_name = verbose_name_plural = _("工单")
        indexes = [
            # The hotline's hint: was the same fault at the same address reported already?
            models.Index(
                fields=["place", "subtype", "-case_ptr"],
                name="ticket_same_place",
                condition=~Q(place=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="ticket_category_is_known",
                condition=Q(category__in=CATEGORIES),
                violation_error_message=_("没有这个工单类别。"),
            ),
            models.CheckConstraint(
                name="ticket_repair_has_a_subtype",
                condition=Q(category=REPAIR, subtype__in=SUBTYPES)
                | (~Q(category=REPAIR) & Q(subtype="")),
                violation_error_message=_("报修必须选择报修类型，其他类别没有报修类型。"),
            ),
            models.CheckConstraint(
                name="ticket_calibre_is_of_a_main",
                condition=Q(calibre_mm__isnull=True) | Q(category=REPAIR, calibre_mm__gt=0),
                violation_error_message=_("只有报修工单有管道口径。"),
            ),
            models.CheckConstraint(
                name="ticket_satisfaction_is_known",
                condition=Q(satisfaction__in=["", *Satisfaction.values]),
            ),
        ]

    @property
    def calibre(self) -> str:
        """The calibre as it is spoken of: DN300, or "" when nobody knows."""
        return f"DN{self.calibre_mm}" if self.calibre_mm else ""

    @property
    def answers_in_words(self) -> list[dict[str, str]]:
        """What was answered to what is asked about the subject, as people read it."""
        from tickets.asked import questions  # it reads the rows beside these

        return questions.in_words(self)

    @property
    def own_answers_in_words(self) -> list[dict[str, str]]:
        """The same without what its customer is not shown."""
        from tickets.asked import questions

        return questions.in_words(self, public=True)

    @property
    def incident(self) -> Any:
        """The incident that is worked on for this ticket, if it belongs to one."""
        from tickets.incidents import members

        return members.incident_of(self) if self.pk else None


def subject_of(category: str, subtype: str) -> str:
    """The code under which labels and hints are kept: "repair.burst", "consultation"."""
    return f"{category}.{subtype}" if subtype else category


def place_of(address: str) -> str:
    """An address as it is compared: width, case, blanks and punctuation make no difference."""
    return words.folded(address)
