"""The ticks of the desk: which task looks how often whether something is due."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

# A tick only looks: the rows decide what is due. One that nobody took in time is dropped, so that
# they do not pile up while the workers are down.
SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-clocks": {"task": "core.sweep_clocks", "schedule": 5.0, "options": {"expires": 4}},
    "deliver-messages": {
        "task": "notifications.deliver_messages",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "deliver-results": {
        "task": "notifications.deliver_results",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "replay-clocks": {"task": "core.replay_clocks", "schedule": 60.0, "options": {"expires": 50}},
    "tell-moved": {"task": "core.tell_moved", "schedule": 60.0, "options": {"expires": 50}},
    "warn-of-gaps": {"task": "core.warn_of_gaps", "schedule": 300.0, "options": {"expires": 290}},
    "read-ground-files": {
        "task": "core.read_ground_files",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "find-anomalies": {
        "task": "core.find_anomalies",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "fetch-facts": {
        "task": "applications.fetch_facts",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "end-lost-calls": {
        "task": "tickets.end_lost_calls",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "lapse-sendings": {
        "task": "tickets.lapse_sendings",
        "schedule": 15.0,
        "options": {"expires": 14},
    },
    "tell-progress": {
        "task": "tickets.tell_progress",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "tell-outages": {"task": "tickets.tell_outages", "schedule": 5.0, "options": {"expires": 4}},
    "remind-of-outages": {
        "task": "tickets.remind_of_outages",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "remind-unsigned": {
        "task": "applications.remind_unsigned",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "tend-standings": {
        "task": "applications.tend_standings",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "remind-of-projects": {
        "task": "applications.remind_of_projects",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "remind-of-permits": {
        "task": "applications.remind_of_permits",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "remind-of-visits": {
        "task": "applications.remind_of_visits",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "keep-appointments": {
        "task": "applications.keep_appointments",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "make-reports": {"task": "web.make_reports", "schedule": 60.0, "options": {"expires": 50}},
    "recount-reports": {"task": "web.recount_reports", "schedule": crontab(hour=4, minute=40)},
    "fold-figures": {"task": "core.fold_figures", "schedule": 10.0, "options": {"expires": 9}},
    "check-figures": {"task": "core.check_figures", "schedule": crontab(hour=1, minute=20)},
    "seal-record": {
        "task": "core.seal_record",
        "schedule": crontab(minute=10),
        "options": {"expires": 3000},
    },
    "verify-record": {"task": "core.verify_record", "schedule": 60.0, "options": {"expires": 50}},
    "tidy": {"task": "web.tidy", "schedule": crontab(hour=3, minute=30)},
}
