"""Delivery of a message, with retries."""

from collections.abc import Callable

from statusgen.system.network import Waiting

NO_TIME = "the time limit of this run was reached"

_PAUSES = (5.0, 20.0)  # seconds before the second and third attempt
_MAX_PAUSE = 60.0  # seconds; if a receiver asks for more, the next run retries


class DeliveryError(Exception):
    """Failure to deliver a message; the *reason* contains no address.

    *retry_after* is the number of seconds that the receiver asked to wait, or None.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


def deliver(
    send: Callable[[], None], waiting: Waiting, *, is_late: Callable[[], bool] = lambda: False
) -> None:
    """Call *send* up to three times: at once, then after 5 and 20 seconds.

    The receiver may ask for a different pause, of at most a minute. No attempt starts once
    *is_late* returns true. Raises the DeliveryError of the last attempt.
    """
    for pause in _PAUSES:
        if is_late():
            raise DeliveryError(NO_TIME)
        try:
            return send()
        except DeliveryError as error:
            after = pause if error.retry_after is None else error.retry_after
            if after > _MAX_PAUSE or is_late():
                raise
            waiting.sleep(max(after, 1.0))
    return send()
