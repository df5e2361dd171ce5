"""Where a case stands and what comes next, as a customer is told. One place for all kinds."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.catalogue.definition import Job
from applications.jobs import ahead
from waterdesk.core.flow import Label, status_of
from waterdesk.core.models.cases import Case


@dataclass(frozen=True, slots=True)
class Standing:
    now: Label
    next: Label = ""


WORDS: dict[tuple[str, str], Standing] = {
    ("application", "pending"): Standing(
        _("已收到您的申请，工作人员正在核实。"), _("核实后会短信告知结果，您不用做任何事。")
    ),
    ("application", "accepted"): Standing(
        _("申请已受理。"), _("外勤人员会先打电话与您约时间，再上门查勘。")
    ),
    ("application", "surveyed"): Standing(_("现场已查勘。"), _("接下来安装水表。")),
    ("application", "installed"): Standing(_("水表已装好。"), _("接下来通水。")),
    ("application", "water_on"): Standing(
        _("已通水。"), _("请确认用水正常；供用水合同随后签订，不用您跑腿。")
    ),
    ("application", "done"): Standing(
        _("已办好。"), _("没有问题的话请确认办结；有不对的地方请拨打服务热线。")
    ),
    ("application", "closed"): Standing(_("已办结，感谢您的信任。")),
    ("application", "refused"): Standing(_("这次申请未能受理。"), _("原因和下一步建议见下方。")),
    ("application", "cancelled"): Standing(_("申请已取消。"), _("需要用水时可以重新申请。")),
    ("ticket", "logged"): Standing(_("已登记，正在安排人员。"), _("安排好后会告诉您由谁处理。")),
    ("ticket", "dispatched"): Standing(
        _("已安排人员处理。"), _("处理人员会按承诺时限到场或答复。")
    ),
    ("ticket", "on_site"): Standing(_("抢修人员已到现场。"), _("修复后会告诉您。")),
    ("ticket", "contained"): Standing(_("险情已控制。"), _("正在修复，修复后会告诉您。")),
    ("ticket", "joined"): Standing(
        _("与附近的同一故障一并抢修。"), _("每有进展都会告诉您，进展见下方。")
    ),
    ("ticket", "finished"): Standing(
        _("已处理完成。"), _("我们会打电话回访；刚恢复供水时如有短时黄水，放一会儿再用。")
    ),
    ("ticket", "answered"): Standing(_("已答复。"), _("我们会打电话回访。")),
    ("ticket", "closed"): Standing(_("已办结，感谢您的来电。")),
    ("ticket", "cancelled"): Standing(_("工单已作废。"), _("如仍需帮助，请拨打服务热线。")),
}
# While what had ended is done again: said in place of the first sentence above.
AGAIN = _("已为您重新办理，原来的承诺和这次的承诺都在下方。")
PAUSED = Standing(_("办理暂停，等待期间不计时。"), _("原因和恢复的条件见下方。"))


# While a service is worked at that brings no new water: surveys and meters are not its steps.
WORKED_AT = frozenset({"accepted", "surveyed", "installed"})


def of(case: Case) -> Standing:
    """The words for this case; the bare status for one that has none yet."""
    if case.paused_reason:
        return PAUSED
    found = WORDS.get((case.kind, case.status)) or Standing(status_of(case).label)
    if case.kind == "application" and case.status in WORKED_AT:
        found = _worked_at(case, found)
    again = case.closed_at is None and case.status != "water_on" and getattr(case, "reopened", 0)
    return Standing(AGAIN, found.next) if again and case.kind == "application" else found


def _worked_at(case: Case, found: Standing) -> Standing:
    """The next job, unless the words for a new connection say it; they know visits alone."""
    job = ahead.next_job(case)
    if not ahead.is_connection(case):
        return Standing(_("申请已受理，正在办理。"), _ahead(case, job))
    spoken_of = job is None or job.move or not job.step
    if spoken_of and not (job is not None and job.visit and ahead.window(case, job.code)):
        return found
    return Standing(found.now, _ahead(case, job))


def _ahead(case: Case, job: Job | None) -> str:
    """The next job by its name, and whether and when somebody comes for it."""
    if job is None:
        return ""
    if job.visit and (window := ahead.window(case, job.code)):
        return gettext("已约好 %(window)s 上门：%(job)s。") % {"window": window, "job": job.name}
    if job.visit:
        return gettext("接下来：%(job)s，上门前会先打电话与您约时间。") % {"job": job.name}
    return gettext("接下来：%(job)s，由我们办理，您不用做任何事。") % {"job": job.name}
