"""Where a delivery may go: nothing inside the house is reached by a subscriber's address."""

from __future__ import annotations

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError

from notifications.results import guard
from notifications.results.delivery import deliver
from notifications.results.models import State, check_url
from tests.notifications.conftest import NOW
from tests.notifications.results_desk import LOOPBACK, SECRET, queued, subscriber
from waterdesk import settings as file


@pytest.fixture
def named(monkeypatch):
    """Make the resolver say what a name means: one list of addresses each time it is asked."""

    def means(*answers: list[str]) -> list[str]:
        asked: list[str] = []
        left = list(answers)

        def getaddrinfo(host, port, *_args, **_more):
            asked.append(host)
            found = left.pop(0)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

        monkeypatch.setattr(guard, "getaddrinfo", getaddrinfo)
        return asked

    return means


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "::1", "::ffff:127.0.0.1", "fe80::1", "fd00::1", "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_refused(named, settings, address):
    settings.RESULTS_NETWORKS = []
    named([address])
    with pytest.raises(guard.NotAllowed):
        guard.judged("billing.example.com", 443, plain=False)


def test_one_bad_address_among_good_ones_is_refused(named, settings):
    settings.RESULTS_NETWORKS = []
    named(["93.184.215.14", "10.0.0.1"])
    with pytest.raises(guard.NotAllowed):
        guard.judged("billing.example.com", 443, plain=False)


def test_a_public_address_needs_tls(named, settings):
    settings.RESULTS_NETWORKS = []
    named(["93.184.215.14"], ["93.184.215.14"])
    assert guard.judged("billing.example.com", 443, plain=False) == ["93.184.215.14"]
    with pytest.raises(guard.NotAllowed):
        guard.judged("billing.example.com", 80, plain=True)


def test_a_named_network_is_reached_and_no_other(named, settings):
    settings.RESULTS_NETWORKS = ["10.20.0.0/16"]
    named(["10.20.3.4"], ["::ffff:10.20.3.4"], ["10.21.3.4"])
    assert guard.judged("billing.lan", 80, plain=True) == ["10.20.3.4"]
    assert guard.judged("billing.lan", 80, plain=True) == ["::ffff:10.20.3.4"]
    with pytest.raises(guard.NotAllowed):
        guard.judged("billing.lan", 80, plain=True)


@pytest.mark.django_db
class TestOverASocket:
    @pytest.fixture(autouse=True)
    def _secret(self, settings):
        settings.RESULTS_SECRETS = {"BILLING": [SECRET]}

    def test_loopback_is_refused_and_never_asked(self, gateway, settings):
        settings.RESULTS_NETWORKS = []
        subscriber(gateway)
        (row,) = queued()
        deliver(NOW)
        row.refresh_from_db()
        assert (row.state, row.refusals, gateway.received) == (State.WAITING, 1, [])
        assert "RESULTS_NETWORKS" in row.answer

    def test_a_name_is_looked_up_once_and_what_was_judged_is_connected_to(
        self, gateway, settings, named
    ):
        settings.RESULTS_NETWORKS = [LOOPBACK]
        port = gateway.url.rpartition(":")[2]
        subscriber(gateway, url=f"http://billing.lan:{port}")
        (row,) = queued()
        # A second look would find the metadata of a cloud.
        asked = named(["127.0.0.1"], ["169.254.169.254"])
        deliver(NOW)
        row.refresh_from_db()
        assert (row.state, asked.count("billing.lan")) == (State.SENT, 1)
        (request,) = gateway.received
        assert request.headers["Host"] == f"billing.lan:{port.partition('/')[0]}"

    def test_the_second_address_is_tried_when_the_first_is_down(self, gateway, settings, named):
        settings.RESULTS_NETWORKS = [LOOPBACK]
        port = gateway.url.rpartition(":")[2]
        subscriber(gateway, url=f"http://billing.lan:{port}")
        (row,) = queued()
        named(["127.9.9.9", "127.0.0.1"])
        deliver(NOW)
        row.refresh_from_db()
        assert row.state == State.SENT

    def test_what_speaks_no_tls_gets_no_word(self, gateway, settings):
        settings.RESULTS_NETWORKS = [LOOPBACK]
        subscriber(gateway, url=gateway.url.replace("http:", "https:"))
        (row,) = queued()
        deliver(NOW)
        row.refresh_from_db()
        assert (row.state, row.attempts, gateway.received) == (State.WAITING, 1, [])
        assert "SSL" in row.answer


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://example.com/", "https://", "//example.com/", "https://user:pw@example.com/",
        "https://example.com/#part", "https://example.com:0/", "https://example.com:99999/",
        "https://exa mple.com/", "https://example.com/\r\nHost: x", "https://水.example/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValidationError):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.com/in?x=1", "http://10.0.0.1:8080/", "http://[::1]:80/"]
)
def test_an_address_is_taken(url):
    check_url(url)


def test_a_short_secret_is_refused_and_not_repeated(monkeypatch):
    monkeypatch.setenv("RESULTS_SECRET_BILLING", "hunter2")
    with pytest.raises(ImproperlyConfigured) as refusal:
        file._secrets("RESULTS_SECRET_")
    assert "hunter2" not in str(refusal.value)


def test_two_secrets_stand_with_a_blank_between(monkeypatch):
    monkeypatch.setenv("RESULTS_SECRET_BILLING", f"{'n' * 32} {SECRET}")
    assert file._secrets("RESULTS_SECRET_")["BILLING"] == ["n" * 32, SECRET]
