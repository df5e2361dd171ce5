"""Whom we believe to be who he says: read once, and looked at each time."""

from __future__ import annotations

import ssl

import httpx

from notifications.tls import authorities


def test_certificates_and_names_are_checked():
    assert authorities().verify_mode is ssl.CERT_REQUIRED
    assert authorities().check_hostname


def test_the_authorities_are_the_usual_ones_and_read_once():
    usual = httpx.create_ssl_context(trust_env=False)
    assert authorities().get_ca_certs() == usual.get_ca_certs()
    assert authorities() is authorities()
