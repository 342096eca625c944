"""TLS for the server, and for clients on the same machine."""

from __future__ import annotations

import ssl
from pathlib import Path

from capture_daemon.common import small_files
from capture_daemon.errors import ConfigurationError

MOST_BYTES = 1024 * 1024
"""Bytes of a certificate's or a key's file: a chain of ten has 20,000."""


def server_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What `server.certificate` and `server.key` say; None if there is no certificate.

    Without a key, the certificate's file is taken to hold that as well. Raises ConfigurationError if they can't be
    used.
    """
    if certificate is None:
        if key is not None:
            raise ConfigurationError("server.key is set without server.certificate: set both, or neither")
        return None
    read_certificate("server.certificate", certificate)
    if key is not None:
        read_certificate("server.key", key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    asked = False

    def no_password() -> str:
        # OpenSSL would ask for it on the terminal, where a service has nobody to answer.
        nonlocal asked
        asked = True
        return ""

    try:
        small_files.read_in_time(
            "server.certificate, server.key", lambda: context.load_cert_chain(certificate, key, no_password)
        )
    except OSError as error:
        raise ConfigurationError(_explain(certificate, key or certificate, error, asked)) from error
    return context


def pinned_context(certificate: Path) -> ssl.SSLContext:
    """For a client that has the server's certificate at hand: takes that one, whatever name it is made out to.

    Raises ConfigurationError if it can't be read.
    """
    data = read_certificate("server.certificate", certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # Trusted regardless of who signed it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        # What isn't ASCII can only be comments between the certificates.
        context.load_verify_locations(cadata=data.decode("ascii", "ignore"))
    except OSError as error:
        raise ConfigurationError(f"server.certificate: {certificate}: holds no certificate in PEM form") from error
    return context


def read_certificate(name: str, path: Path) -> bytes:
    """What a file with a certificate or a key holds; raises ConfigurationError if it can't be one."""
    return small_files.read(path, name, MOST_BYTES).data


def _explain(certificate: Path, key: Path, error: OSError, asked: bool) -> str:
    if asked:
        return f"server.key: {key}: is protected by a passphrase: store it without one, readable by its owner only"
    if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
        return f"server.key: {key}: is not the key of {certificate}"
    return f"server.certificate, server.key: {certificate}, {key}: must hold a certificate and its key in PEM form"
