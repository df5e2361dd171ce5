"""A list of projects from the file to an application, on a desk and on a telephone."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from openpyxl import Workbook
from playwright.sync_api import expect

from applications.models import Application, Project
from tests.applications.projects.made import HEADINGS, LINE
from tests.browser.forms import send
from tests.factories import DAY, staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def workbook(path, *lines):
    book = Workbook()
    for line in (HEADINGS, *lines):
        book.active.append(line)
    book.save(path)
    return path


def test_a_list_is_imported_and_one_of_it_becomes_an_application(devices, tmp_path):
    """Whatever today is: water is expected a week from now."""
    soon = f"{timezone.localdate(timezone.now() + 7 * DAY)}"
    good = (*LINE[:4], soon, *LINE[5:])
    broken = ("XM-2", "朝阳厂房", *LINE[2:4], "明年", "李工", "12")
    file = workbook(tmp_path / "清单.xlsx", good, broken)

    desk = devices.desk(staff("clerk"))
    desk.goto("/")
    desk.get_by_role("navigation").get_by_role("link", name="前置项目").first.click()
    desk.get_by_role("link", name="导入", exact=True).click()
    desk.get_by_label("项目清单").set_input_files(file)
    send(desk, "预览")
    errors = desk.locator("#errors tbody tr")
    expect(errors).to_have_count(1)
    expect(errors).to_contain_text(["预计用水日期"])
    expect(errors).to_contain_text(["联系电话"])
    expect(desk.get_by_role("button", name="确认导入")).to_have_count(0)
    desk.reload()
    send(desk, "去掉第 3 行")
    expect(desk.locator("#new tbody tr")).to_contain_text([LINE[1]])
    assert not Project.objects.exists()
    send(desk, "确认导入")
    expect(desk).to_have_url(re.compile("/desk/projects/$"))
    expect(desk.locator("tbody tr")).to_contain_text(["还有 7 天"])

    desk.goto("/desk/projects/import/")
    desk.get_by_label("项目清单").set_input_files(workbook(tmp_path / "again.xlsx", good))
    send(desk, "预览")
    send(desk, "没有变化，完成")
    expect(desk.locator("body")).to_contain_text("新增 0 个项目，变更 0 个")

    phone = devices.phone(staff("lead", "east"))
    phone.goto("/desk/projects/?done=no-survey")
    phone.get_by_role("link", name=re.compile(LINE[1])).click()
    phone.get_by_role("link", name="登记查勘").click()
    phone.get_by_label("查勘日期").fill(f"{timezone.localdate()}")
    send(phone, "保存")
    expect(phone.locator("#survey")).to_contain_text(f"{timezone.localdate()}")
    send(phone, "转为报装")
    phone.locator("#confirm-yes").click()
    expect(phone.get_by_role("alert")).to_contain_text("口径")
    phone.get_by_role("link", name="修改", exact=True).click()
    phone.get_by_label("预计口径").select_option("80")
    send(phone, "保存")
    send(phone, "转为报装")
    phone.locator("#confirm-yes").click()
    expect(phone).to_have_url(re.compile(r"/desk/cases/B\d+/$"))
    expect(phone.get_by_role("main")).to_contain_text("由前置项目转入")
    assert Application.objects.get().found_as == Project.objects.get()
