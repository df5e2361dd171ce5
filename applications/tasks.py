"""The tasks of applications, where Celery looks for them."""

from applications.contracts.tasks import remind_unsigned

__all__ = ["remind_unsigned"]
