"""The tasks of applications, where Celery looks for them."""

from applications.contracts.tasks import remind_unsigned
from applications.projects.tasks import remind_of_projects
from applications.sources.tasks import fetch_facts
from applications.standing.tasks import tend_standings

__all__ = ["fetch_facts", "remind_of_projects", "remind_unsigned", "tend_standings"]
