"""What a job asks of whoever finishes it, as a form shows it."""

from __future__ import annotations

import pytest

from applications.catalogue.definition import Detail
from applications.jobs import rows
from waterdesk.web.move_forms import LONG_TEXT


@pytest.mark.parametrize("long", [False, True])
def test_a_detail_is_a_line_unless_it_takes_sentences(long):
    field = rows._field(Detail("number", "检定证书号", long=long))
    assert (field.max_length > LONG_TEXT) is long
