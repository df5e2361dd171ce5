"""What the record, the pages and messages call what a service left."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

BEGAN, SET, ENDING, ENDED = "standing_began", "standing_set", "ending", "standing_ended"
CONFIRMED, REVIEW_AHEAD = "standing_confirmed", "review_ahead"
REVIEW, EXTEND, END = "review_standing", "extend_standing", "end_standing"

STANDS, ENDS = "stands", "ends"
RESULTS = ((STANDS, _("继续有效")), (ENDS, _("不再符合，终止")))
