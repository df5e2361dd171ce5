"""The notice to hang out at the doors, as a PDF."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.models import Outage
from tickets.outages import looking
from waterdesk import papers
from waterdesk.core import policy


def notice(outage: Outage, now: datetime) -> bytes:
    return papers.pdf(paper(outage, now))


def paper(outage: Outage, now: datetime) -> papers.Paper:
    """The same paper for the same outage and instant."""
    rules = policy.current()
    facts = [
        (_("停水范围"), looking.names_of(outage)),
        (_("停水时间"), _instant(outage.starts_at)),
        (_("预计恢复"), _instant(outage.ends_at)),
        (_("原因"), outage.reason),
        (_("应急供水点"), "\n".join(outage.points) or "—"),
        (_("联系人"), " ".join(filter(None, (outage.contact, outage.contact_phone))) or "—"),
        (_("服务热线"), rules.utility.hotline),
    ]
    advice = _(
        "停水前请储备生活用水，停水期间请关好龙头；恢复供水初期水可能短时发黄、有气泡，"
        "请打开龙头放水几分钟，清澈后再用。给您带来不便，敬请谅解。"
    )
    titles = {"planned": _("计划停水通知"), "sudden": _("突发停水通知")}
    area = outage.areas.all()[0] if outage.areas.all() else rules.root
    return papers.Paper(
        title=titles[outage.kind],
        number=outage.number,
        issuer=rules.company_of(area.pk),
        subtitle=_("尊敬的用户：因供水设施施工或抢修，以下范围将停水。"),
        blocks=(
            papers.Facts(tuple(facts)),
            papers.Words(advice),
            papers.Signs(((_("供水单位（盖章）"), ()),)),
        ),
        printed=_("打印于 %(at)s") % {"at": _instant(now)},
        link=f"{settings.SITE_URL}{reverse('outages-public')}",
        link_note=_("扫码看进展"),
        page_words=_("第 %(page)d 页，共 %(pages)d 页"),
    )


def _instant(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
