"""Certificates and keys, made by OpenSSL's program."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.needs import needs


def make_key(path: Path, *, passphrase: str | None = None) -> Path:
    """A private key."""
    cipher = [] if passphrase is None else ["-aes-128-cbc", "-pass", f"pass:{passphrase}"]
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", *cipher, "-out", str(path))
    return path


def make_certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A certificate that is signed by itself, and its key."""
    certificate, key = folder / "certificate.pem", make_key(folder / "key.pem")
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-days", "2"]
    _openssl("req", "-x509", "-key", str(key), *subject, "-out", str(certificate))
    return certificate, key


def _openssl(*arguments: str) -> None:
    program = needs("openssl", package="openssl")
    subprocess.run([program, *arguments], check=True, capture_output=True, timeout=60)
