"""Every error a user can cause, and the exit code it ends the program with.

    CaptureDaemonError                1  anything not named below
     ├── ConfigurationError           2  a key, value, option or profile that can't be used
     │    ├── RegionError             2  a region that is empty, negative or outside the frame
     │    ├── AddressError            2  an address that can't be listened on: taken, or not loopback
     │    └── OutputExistsError       2  an output file that would be written over
     ├── SourceError                  3  a source that can't be opened
     │    ├── FrameTooLargeError      3  one whose frames have more pixels than is allowed
     │    └── SourceDamagedError      3  a recording that ends in damage; its lines up to there are kept
     ├── ModelError                   4  a model that is not available or can't be loaded
     ├── LogError                     5  a log that can't be written
     │    └── LogHeldError            5  a log that another daemon is writing
     ├── StoppedError               130  work that was interrupted; what was done is kept
     └── EndpointError                6  a language model's endpoint that can't be reached, or refuses
          ├── EndpointBusyError       6  one that fails for now: too busy, or not making sense
          │    ├── EndpointSlowError   6  one that gives no answer in time
          │    └── EndpointLoadingError 6 one whose model is still being loaded
          └── EndpointQuestionError   6  one that can't answer this question, and perhaps another
               └── EndpointLengthError 6  one for which this question is too long

A message is one line: what was found, and what to do about it. It begins in lower case and ends without a full stop.
"""


class CaptureDaemonError(Exception):
    """The root of the tree; `exit_code` is what the program ends with when one of its kind reaches the command line."""

    exit_code = 1


class ConfigurationError(CaptureDaemonError):
    """A configuration file, option or profile that can't be used."""

    exit_code = 2


class RegionError(ConfigurationError):
    """A region that is malformed, empty, negative or outside the frame."""


class AddressError(ConfigurationError):
    """An address the server can't, or must not, listen on."""


class OutputExistsError(ConfigurationError):
    """An output file that already exists and would be written over."""


class SourceError(CaptureDaemonError):
    """A source that can't be opened."""

    exit_code = 3


class FrameTooLargeError(SourceError):
    """A source whose frames have more pixels than `source.max_pixels` allows."""


class SourceDamagedError(SourceError):
    """A recording that ends in damage; what was read before it is kept."""


class ModelError(CaptureDaemonError):
    """A recognition model that can't be found, fetched or loaded."""

    exit_code = 4


class LogError(CaptureDaemonError):
    """A JSONL log that can't be opened or written."""

    exit_code = 5


class LogHeldError(LogError):
    """A JSONL log that another daemon is already writing."""


class StoppedError(CaptureDaemonError):
    """Work that was interrupted by a signal."""

    exit_code = 130


class EndpointError(CaptureDaemonError):
    """A language model's endpoint that can't be used."""

    exit_code = 6


class EndpointBusyError(EndpointError):
    """An endpoint that fails for now; `retry_after` is the number of seconds it asks to wait, if any."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EndpointSlowError(EndpointBusyError):
    """An endpoint that gives no answer in time."""


class EndpointLoadingError(EndpointBusyError):
    """An endpoint that is still loading its model."""


class EndpointQuestionError(EndpointError):
    """An endpoint that rejects one question; it may answer another."""


class EndpointLengthError(EndpointQuestionError):
    """An endpoint for which a question is too long."""


def first_known(several: BaseExceptionGroup[CaptureDaemonError]) -> CaptureDaemonError:
    """The first of several errors raised together: reporting one is enough."""
    first = several.exceptions[0]
    return first_known(first) if isinstance(first, BaseExceptionGroup) else first
