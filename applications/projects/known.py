"""What the checks of a project look names up in: stages, people and areas, each read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from applications.models import ProjectStage
from waterdesk.core import policy
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import DISPATCH
from waterdesk.core.models.people import Role, User

if TYPE_CHECKING:
    from waterdesk.core.models.people import Area

# Who writes projects; who reads them.
EDITORS = DISPATCH
READERS = DISPATCH | {Role.SUPERVISOR.value}


@dataclass
class Known:
    """The same for all rows of a file; `by` is who enters them."""

    by: User

    @cached_property
    def rules(self) -> policy.Policy:
        return policy.current()

    @cached_property
    def stages(self) -> list[ProjectStage]:
        return list(ProjectStage.objects.all())

    @cached_property
    def people(self) -> list[User]:
        """Everybody of the utility who may own a project, survey it or draw its scheme."""
        staff = User.objects.filter(is_active=True, area__isnull=False)
        return list(staff.exclude(role=Role.CUSTOMER).order_by("name", "username"))

    @cached_property
    def _people_called(self) -> dict[str, list[User]]:
        found: dict[str, list[User]] = {}
        for person in self.people:
            for name in {person.username, person.name} - {""}:
                found.setdefault(name, []).append(person)
        return found

    @cached_property
    def _stages_called(self) -> dict[str, ProjectStage]:
        return {name: stage for stage in self.stages for name in (stage.code, stage.name)}

    @cached_property
    def _areas_called(self) -> dict[str, Area]:
        areas = self.rules.areas.values()
        return {name: area for area in areas for name in (area.name, area.code)}

    @cached_property
    def mine(self) -> frozenset[int] | None:
        """The ids of the areas of whoever enters; None when that is every area there is."""
        if self.by.area_id is None:
            return None if self.by.is_superuser else frozenset()
        return self.rules.below(self.by.area_id)

    @cached_property
    def first_stage(self) -> str:
        """Where a project stands that nobody said it of."""
        ahead = (each.code for each in self.stages if each.means == ProjectStage.Means.AHEAD)
        return next(ahead, "")

    def person(self, name: str) -> User:
        """The member of staff of this user name, or else of this name; Invalid for none or two."""
        found = self._people_called.get(name, [])
        exact = [each for each in found if each.username == name] or found
        if not exact:
            raise Invalid(_("没有这位工作人员。"))
        if len(exact) > 1:
            raise Invalid(_("有多位同名的工作人员，请填写用户名。"))
        return exact[0]

    def stage(self, name: str) -> ProjectStage:
        """The stage of this name or code; the one that only turning may write is refused."""
        stage = self._stages_called.get(name)
        if stage is None:
            listed = str(_("、")).join(each.name for each in self.stages)
            raise Invalid(_("没有这个阶段，可填：%(list)s。") % {"list": listed})
        if stage.means == ProjectStage.Means.TURNED:
            raise Invalid(_("这个阶段在转为报装时由系统填写。"))
        return stage

    def area(self, name: str) -> Area:
        """The area of this name or code, if whoever enters it works there or above."""
        area = self._areas_called.get(name)
        if area is None:
            raise Invalid(_("没有这个片区。"))
        return self.own(area)

    def located(self, address: str) -> Area:
        """The area this address lies in, the company where it names no place that is known."""
        return self.own(self.rules.locate(address) or self.rules.root)

    def own(self, area: Area) -> Area:
        if self.mine is not None and area.pk not in self.mine:
            raise Invalid(_("“%(area)s”不在您的片区内，请选择片区。") % {"area": area.name})
        return area
