"""Deliver a message: a few tries, and what an undelivered one says."""

from collections.abc import Callable

from statusgen.system.network import Waiting

NO_TIME = "there was no time left"

_PAUSES = (5.0, 20.0)  # seconds before the second and the third try
_LONGEST = 60.0  # seconds that a receiver may ask to wait


class DeliveryError(Exception):
    """A message was not delivered, for a *reason* that names no address.

    *retry_after* is how many seconds the receiver asked to wait, None if it did not say.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


def deliver(
    send: Callable[[], None], waiting: Waiting, *, is_late: Callable[[], bool] = lambda: False
) -> None:
    """Call *send* up to three times: at once, after 5 and after 20 seconds.

    A receiver that asks for another time is asked again then, if it is at most a minute. Nothing is
    tried once it *is_late*. Raises the DeliveryError of the last try.
    """
    for pause in _PAUSES:
        if is_late():
            raise DeliveryError(NO_TIME)
        try:
            return send()
        except DeliveryError as error:
            after = pause if error.retry_after is None else error.retry_after
            if after > _LONGEST or is_late():
                raise
            waiting.sleep(max(after, 1.0))
    return send()
