"""申请: what is particular to a request for a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from applications.models.burdens import CONSTRAINTS, INDEXES, Burdened
from waterdesk.core import wording
from waterdesk.core.inputs import CALIBRES
from waterdesk.core.models.cases import Case

if TYPE_CHECKING:
    from applications.models.classes import CustomerClass
    from applications.models.contracts import Contract
    from applications.models.projects import Project

KIND = "application"

STAND_INS = {
    Case.Channel.HOTLINE.value: _("由热线坐席代办"),
    Case.Channel.COUNTER.value: _("由窗口人员代办"),
    Case.Channel.FIELD.value: _("由上门人员代办"),
    Case.Channel.MUNICIPAL.value: _("由 12345 转办"),
}


class Application(Case, Burdened):
    """申请: who asks for which service, and what was answered to its questions.

    Use, calibre and line are empty where the service does not ask for them. `external_line` says
    that the main must be extended to the gate. `chased_in` is the status in which the customer
    last asked us to hurry: once in each. Only the door writes these rows.
    """

    class Applicant(models.TextChoices):
        PERSON = "person", _("个人")
        ORGANISATION = "organisation", _("单位")

    class Use(models.TextChoices):
        RESIDENTIAL = "residential", _("居民生活")
        NON_RESIDENTIAL = "non-residential", _("非居民（商业、办公、工业）")
        SPECIAL = "special", _("特种（洗浴、洗车等）")

    class Satisfaction(models.IntegerChoices):
        VERY_BAD = 1, _("很不满意")
        BAD = 2, _("不满意")
        FAIR = 3, _("一般")
        GOOD = 4, _("满意")
        VERY_GOOD = 5, _("很满意")

    applicant_kind = models.CharField(_("申请人类型"), max_length=12, choices=Applicant.choices)
    id_number = models.CharField(_("身份证号码"), max_length=18, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    contact = models.CharField(_("经办人"), max_length=60, blank=True)
    account = models.CharField(_("户号"), max_length=20, blank=True, default="")
    use = models.CharField(_("用水性质"), max_length=16, choices=Use.choices, blank=True)
    calibre_mm = models.PositiveSmallIntegerField(_("口径（毫米）"), null=True, blank=True)
    external_line = models.BooleanField(_("需要敷设外线"), default=False)
    # What only this service asks, by the codes of its questions.
    answers = models.JSONField(_("其他回答"), default=dict, blank=True)
    meter_number = models.CharField(_("水表编号"), max_length=30, blank=True)
    # Longitude and latitude in degrees with a comma between: applications.results reads it.
    position = models.CharField(_("水表位置"), max_length=40, blank=True, default="", db_default="")
    satisfaction = models.PositiveSmallIntegerField(
        _("满意度"), choices=Satisfaction.choices, null=True, blank=True
    )
    chased_in = models.CharField(_("催办时的状态"), max_length=20, blank=True)
    # The address in one spelling: applications.places.
    place = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    reopened = models.PositiveSmallIntegerField(_("重新办理次数"), default=0, db_default=0)

    # Of one that is being opened from the list of projects: which it was.
    from_project: Project | None = None

    class Meta:
        verbose_name = verbose_name_plural = _("用水报装申请")
        indexes = [
            *INDEXES,
            # How many demands of companies were foreseen: one in twenty of all, found by this.
            models.Index(
                fields=["case_ptr"], name="application_of_company",
                condition=Q(applicant_kind="organisation"),
            ),
            # "Is this place applied for already?", asked before and at every sending.
            models.Index(
                fields=["place"], name="application_open_at_place",
                condition=Q(ended_at__isnull=True) & ~Q(place=""),
            ),
        ]  # fmt: skip
        constraints = [
            *CONSTRAINTS,
            models.CheckConstraint(
                name="application_applicant_is_known",
                condition=Q(applicant_kind__in=["person", "organisation"]),
                violation_error_message=_("申请人类型应为个人或单位。"),
            ),
            models.CheckConstraint(
                name="application_use_is_known",
                condition=Q(use__in=["residential", "non-residential", "special", ""]),
                violation_error_message=_("用水性质应为居民、非居民或特种。"),
            ),
            models.CheckConstraint(
                name="application_calibre_is_made",
                condition=Q(calibre_mm__in=CALIBRES) | Q(calibre_mm__isnull=True),
                violation_error_message=_("没有这种口径的水表。"),
            ),
            models.CheckConstraint(
                name="application_person_is_no_company",
                condition=Q(applicant_kind="organisation") | Q(uscc="", contact=""),
                violation_error_message=_("个人申请没有统一社会信用代码和经办人。"),
            ),
            models.CheckConstraint(
                name="application_company_is_no_person",
                condition=Q(applicant_kind="person") | Q(id_number=""),
                violation_error_message=_("单位申请没有身份证号码。"),
            ),
            models.CheckConstraint(
                name="application_satisfaction_is_1_to_5",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
                violation_error_message=_("满意度为 1 到 5 分。"),
            ),
        ]

    @property
    def customer_class(self) -> CustomerClass | None:
        """The first class that covers this application, in the utility's order."""
        from applications.classes import classes  # it reads the rows below

        return next((each for each in classes() if each.covers(self)), None)

    @property
    def answers_in_words(self) -> list[dict[str, str]]:
        """What only this service asked, as people read it, in the order of its questions."""
        from applications.catalogue import answers, held  # they read the rows

        service = held.service(self.subject)
        return [
            {"label": each.label, "value": answers.in_words(each, self.answers[each.code])}
            for each in (service.own if service else ())
            if each.code in self.answers
        ]

    def contract(self) -> Contract | None:
        """The valid contract, made when the water came; one query."""
        return self.contracts.exclude(state="withdrawn").first()

    @property
    def stand_in(self) -> Lazy | str:
        """Who entered it for the customer, in the customer's words; "" where nobody did."""
        return STAND_INS.get(self.channel, "") if self.opened_by_id else ""

    @property
    def masked_id_number(self) -> str:
        return wording.mask_identity(self.id_number)

    @property
    def calibre(self) -> str:
        return f"DN{self.calibre_mm}" if self.calibre_mm else ""

    @property
    def line_words(self) -> Lazy:
        return _("需要敷设外线") if self.external_line else _("不需要外线")

    @property
    def wants_permits(self) -> bool:
        """Whether something is dug for it that an authority has to permit; asks only if so."""
        return self.external_line and self.permits.exists()
