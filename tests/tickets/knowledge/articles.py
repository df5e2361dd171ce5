"""Articles, a call that one answers, and people at a desk."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from tests.factories import MONDAY_0900
from tickets.knowledge import index, saving
from tickets.models import Article

URL = "/desk/hotline/"
BACKEND = "waterdesk.web.accounts.backends.StaffPassword"
TODAY = MONDAY_0900.date()
YESTERDAY = TODAY - timedelta(1)
CALL = {
    "phone": "13987654321",
    "category": "consultation",
    "remark": "问过户",
    "asked": "过户",
    "article": "transfer",
    "key": "k1",
}


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def written(code="new", at=MONDAY_0900, by=None, **said):
    article = Article.objects.filter(code=code).first() or Article(code=code)
    before = {"title": "新的", "short": "答复", "valid_from": TODAY, "reviewed_on": TODAY}
    for name, value in ({} if article.pk else before).items():
        setattr(article, name, value)
    for name, value in said.items():
        setattr(article, name, value)
    saving.save(article, by=by, at=at)
    return article


def found(said, **more):
    return [article.code for article in index.search(said, TODAY, **more)]


def page(response):
    return response.content.decode()
