"""Facts, sources and outcomes in words: for pages, and for the fields of the move."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from applications.sources.outcomes import Why
from applications.sources.wanted import (
    ARREARS,
    BILLING,
    IDENTITY,
    OWNERSHIP,
    PERSONS,
    PROPERTY,
    REGISTRATION,
    REGISTRY,
)

FACT_WORDS: Mapping[str, Lazy] = {
    REGISTRATION: _("单位登记"),
    IDENTITY: _("申请人身份"),
    OWNERSHIP: _("房屋土地"),
    ARREARS: _("欠费情况"),
}
SOURCE_WORDS: Mapping[str, Lazy] = {
    REGISTRY: _("企业登记"),
    PERSONS: _("实名核验"),
    PROPERTY: _("不动产登记"),
    BILLING: _("营业收费"),
}
VERDICT_WORDS: Mapping[str, Lazy] = {
    "active": _("在册，名称一致"),
    "other-name": _("在册，名称与申请不一致"),
    "inactive": _("已注销、吊销、迁出或停业"),
    "match": _("姓名与号码一致"),
    "mismatch": _("姓名与号码不一致"),
    "owner": _("申请人为权利人，建筑合法"),
    "other-owner": _("建筑合法，权利人不是申请人"),
    "illegal": _("登记为违法建筑"),
    "clear": _("无欠费"),
    "owed": _("有欠费"),
}
WHY_WORDS: Mapping[str, Lazy] = {
    Why.NOT_CONNECTED.value: _("没有接通"),
    Why.NOT_GIVEN.value: _("申请中没有可供查询的号码"),
    Why.TIMEOUT.value: _("对方没有及时答复"),
    Why.REFUSED.value: _("对方拒绝查询"),
    Why.MALFORMED.value: _("对方答复有误，不予采用"),
    Why.NOT_FOUND.value: _("查无记录"),
}
# Both as one list of codes, since the record says either under the fact's name.
SAID: Mapping[str, Lazy] = VERDICT_WORDS | WHY_WORDS
