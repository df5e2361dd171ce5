"""Limits that hold over processes, on the real database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory

from waterdesk.core import throttle
from waterdesk.core.errors import TooMany
from waterdesk.core.models import Window

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def times(number, who="someone", scope="test.scope", limit=3, seconds=60):
    return [throttle.hit(who, scope, limit, seconds) for _ in range(number)]


def asking(peer="203.0.113.7", forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


@pytest.mark.django_db
def test_the_limit_itself_is_allowed_and_the_next_is_refused(noon):
    assert times(3) == [1, 2, 3]
    with pytest.raises(TooMany):
        times(1)


@pytest.mark.django_db
def test_a_refusal_says_how_long_to_wait(noon):
    times(3)
    noon.shift(timedelta(seconds=18))
    with pytest.raises(throttle.Throttled) as refusal:
        times(1)
    assert refusal.value.wait == 42
    assert "42 秒" in str(refusal.value)
    assert refusal.value.status == 429


@pytest.mark.django_db
def test_a_long_wait_is_told_in_minutes_rounded_up(noon):
    times(1, limit=1, seconds=3600)
    noon.shift(timedelta(seconds=3600 - 14 * 60 - 1))
    with pytest.raises(throttle.Throttled, match="15 分钟"):
        times(1, limit=1, seconds=3600)


@pytest.mark.django_db
def test_the_window_ends_on_the_second_and_counting_begins_anew(noon):
    times(3)
    noon.shift(timedelta(seconds=59))
    with pytest.raises(TooMany):
        times(1)
    noon.shift(timedelta(seconds=1))
    assert times(3) == [1, 2, 3]


@pytest.mark.django_db
def test_refused_tries_do_not_make_the_window_longer(noon):
    times(3)
    noon.shift(timedelta(seconds=59))
    with pytest.raises(TooMany):
        times(1)
    noon.shift(timedelta(seconds=1))
    assert times(1) == [1]


@pytest.mark.django_db
def test_scopes_and_people_are_counted_apart(noon):
    times(3)
    assert times(1, who="another") == [1]
    assert times(1, scope="test.other") == [1]


@pytest.mark.django_db
def test_one_try_is_one_statement(noon, django_assert_num_queries):
    with django_assert_num_queries(1):
        times(1)


@pytest.mark.django_db
def test_windows_that_are_over_leave_by_themselves(noon):
    for number in range(30):
        times(1, who=f"visitor {number}")
    assert Window.objects.count() == 30
    noon.shift(timedelta(minutes=2))
    for number in range(15):
        times(1, who=f"newcomer {number}")
    assert Window.objects.count() == 15


@pytest.mark.django_db
def test_a_running_window_is_never_swept(noon):
    times(3, who="guesser", seconds=3600)
    times(1, who="visitor")
    noon.shift(timedelta(minutes=2))
    times(10, who="newcomer", limit=10)
    with pytest.raises(TooMany):
        times(1, who="guesser", seconds=3600)


@pytest.mark.django_db
def test_the_table_tells_no_number_and_no_address(noon):
    times(1, who="13812345678")
    throttle.hit(asking("203.0.113.7"), "test.scope", 3, 60)
    keys = " ".join(Window.objects.values_list("key", flat=True))
    assert keys.count("test.scope:") == 2
    assert "13812345678" not in keys
    assert "203.0.113.7" not in keys


@pytest.mark.django_db(transaction=True)
def test_of_parallel_tries_no_more_than_the_limit_come_through():
    through, refused = [], []
    ready = threading.Barrier(8)

    def guess() -> None:
        ready.wait()
        for _ in range(5):
            try:
                through.append(throttle.hit("parallel", "test.scope", 7, 60))
            except TooMany:
                refused.append(1)
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(through) == [1, 2, 3, 4, 5, 6, 7]
    assert len(refused) == 33


@pytest.mark.django_db(transaction=True)
def test_another_process_knows_what_was_counted_here():
    times(2)
    script = (
        "import django; django.setup()\n"
        "from django.db import connection; from waterdesk.core import throttle\n"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
        "print(throttle.hit('someone', 'test.scope', 3, 60))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, timeout=60, check=True, cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "waterdesk.settings"},
    )  # fmt: skip
    assert ran.stdout.strip() == "3"
    with pytest.raises(TooMany):
        times(1)


def test_the_peer_is_believed_and_its_claims_are_not(settings):
    settings.TRUSTED_PROXIES = []
    assert throttle.client_address(asking("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


def test_a_trusted_proxy_is_asked_for_the_address_before_it(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    request = asking("10.0.0.2", "1.1.1.1, 198.51.100.1, 10.9.9.9")
    assert throttle.client_address(request) == "198.51.100.1"


def test_an_entry_that_is_no_address_ends_the_search(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert throttle.client_address(asking("10.0.0.2", "198.51.100.1, <script>")) == "10.0.0.2"


def test_a_proxy_that_says_nothing_counts_itself(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert throttle.client_address(asking("10.0.0.2")) == "10.0.0.2"


def test_a_chain_of_trusted_proxies_alone_is_its_far_end(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert throttle.client_address(asking("10.0.0.2", "10.0.0.9")) == "10.0.0.9"


def test_the_peer_of_a_unix_socket_is_this_machine(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert throttle.client_address(asking("", "198.51.100.1")) == "198.51.100.1"
    assert throttle.client_address(asking("")) == "127.0.0.1"


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_client(settings):
    settings.TRUSTED_PROXIES = []
    assert throttle.client_address(asking("::ffff:203.0.113.7")) == "203.0.113.7"


@pytest.mark.django_db
def test_one_ipv6_network_is_one_client(noon):
    throttle.hit(asking("2001:db8:1:2::1"), "test.scope", 1, 60)
    throttle.hit(asking("2001:db8:1:3::1"), "test.scope", 1, 60)
    with pytest.raises(TooMany):
        throttle.hit(asking("2001:db8:1:2:ffff::2"), "test.scope", 1, 60)


def test_an_address_with_a_zone_is_understood(settings):
    settings.TRUSTED_PROXIES = []
    assert throttle.client_address(asking("fe80::1%eth0")) == "fe80::1"
