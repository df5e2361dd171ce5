"""The tasks of applications, where Celery looks for them."""

from applications.contracts.tasks import remind_unsigned
from applications.permits.tasks import remind_of_permits
from applications.projects.tasks import remind_of_projects
from applications.sources.tasks import fetch_facts
from applications.standing.tasks import tend_standings
from applications.visits.tasks import remind_of_visits

__all__ = [
    "fetch_facts",
    "remind_of_permits",
    "remind_of_projects",
    "remind_of_visits",
    "remind_unsigned",
    "tend_standings",
]
