"""Which users of this machine are let in without a token, where none is set."""

from __future__ import annotations

import os
import sys

from capture_daemon.config.models import ServerTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.server import peers


def allowed_uids(settings: ServerTable) -> frozenset[int] | None:
    """Their user ids: the daemon's own, root's, and those of `server.users`; None where users aren't told apart.

    Raises ConfigurationError where a user isn't there, or can't be told by this system.
    """
    if settings.token_file is not None or settings.users == "all":
        return None
    if not peers.can_tell() or sys.platform == "win32":
        if settings.users:
            raise ConfigurationError(
                'server.users: this system does not tell whose a connection is: leave it out, or write "all"'
            )
        return None
    return frozenset({os.geteuid(), peers.ROOT, *map(_uid_of, settings.users)})


def _uid_of(name: str) -> int:
    if sys.platform == "win32":
        raise NotImplementedError
    import pwd  # noqa: PLC0415 - Windows has none

    try:
        uid = pwd.getpwnam(name).pw_uid
    except (KeyError, ValueError) as error:  # a null character in it, or what this system can't write
        raise ConfigurationError(f"server.users: there is no user {name!r} on this machine") from error
    if uid == peers.stand_in():
        raise ConfigurationError(
            f"server.users: {name!r} stands for all users whom the daemon's user namespace doesn't have: leave it out, "
            'or write "all"'
        )
    return uid
