"""现场照片 of a case on its staff page: what the crew took when a job was done."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from waterdesk.core.flow import flow_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.photos import Photo


@dataclass(frozen=True, slots=True)
class Shown:
    """The photographs of one move; `label` is what the move is called on a button."""

    label: str
    photos: list[Photo]
    of_a_job: bool = True


def of_case(case: Case) -> list[Shown]:
    """By move, the first one first. No query where they were read along."""
    photos = sorted(case.photos.all(), key=lambda photo: photo.pk)
    labels = {row.action: str(row.label) for row in flow_of(case).rows(case)}
    return [
        Shown(labels.get(action, action), list(group))
        for action, group in groupby(photos, key=lambda photo: photo.action)
    ]
