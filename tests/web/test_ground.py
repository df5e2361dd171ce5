"""The pages on which polygons and addresses are brought, checked and agreed to."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.desk import NOW, as_role, inline_in, text_of
from waterdesk.core.models import Address
from waterdesk.core.places import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

GROUND = "/desk/ground/"
RIGHT = "地址,片区\n城东区朝阳路 8 号,east-1\n"


def send(client, text=RIGHT):
    sent = {"file": SimpleUploadedFile("地址.csv", text.encode())}
    return client.post(GROUND, sent, follow=True)


def test_a_file_is_checked_agreed_to_and_written_by_the_worker():
    client = as_role("admin")
    waiting = send(client)
    page = waiting.redirect_chain[0][0]
    assert "正在核对" in text_of(waiting)
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    files.work(NOW)
    preview = client.get(page)
    assert "城东一网格" in text_of(preview)
    assert "every 2s" not in preview.content.decode()
    assert "已写入 0 / 1 行" in text_of(client.post(f"{page}apply/", follow=True))
    files.work(NOW)
    assert "已完成" in text_of(client.get(page))
    assert Address.objects.get().text == "城东区朝阳路 8 号"
    assert [inline_in(each) for each in (waiting, preview, client.get(GROUND))] == [[], [], []]


def test_rows_at_fault_are_named_and_may_be_left_out():
    client = as_role("admin")
    page = send(client, RIGHT + "火星路 1 号,\n").redirect_chain[0][0]
    files.work(NOW)
    said = text_of(client.get(page))
    assert "第 3 行" in said
    assert "跳过有误的行" in said
    assert client.post(f"{page}apply/").status_code == 409
    assert client.post(f"{page}apply/", {"skip": "1"}).status_code == 302


def test_while_the_worker_is_at_it_only_the_part_is_asked_for():
    client = as_role("lead")
    page = send(client).redirect_chain[0][0]
    part = client.get(page, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="ground-file"' in part


def test_another_persons_file_is_not_there():
    page = send(as_role("admin")).redirect_chain[0][0]
    assert as_role("lead").get(page).status_code == 404


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "supervisor", "customer"])
def test_only_leads_and_administrators_bring_files(role):
    assert as_role(role).get(GROUND).status_code == 403
