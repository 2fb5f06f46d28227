"""Runs claim, send and record: no update is lost, and only a crash can repeat one."""

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind
from statusgen.notify import record
from statusgen.notify.channels.delivery import DeliveryError, deliver
from statusgen.notify.occasions import SiteUpdate
from statusgen.notify.pending import Delivery
from statusgen.notify.protocol import NotifyRun
from statusgen.problems import OutsideError
from statusgen.system.git import OvertakenError
from statusgen.system.git_ref import RefValue
from statusgen.system.network import Waiting
from tests.conftest import scaled
from tests.support.notifying import CHAT, incident, moment, site, updates

HOOK = Channel(id="hook", kind=ChannelKind.WEBHOOK)
CHANNELS = (CHAT, HOOK)


class Crash(BaseException):
    """Crash of the machine."""


@dataclass
class Remote:
    """A Git ref on a remote: a push succeeds if it is based on the current value."""

    text: str = ""
    commit: int = 0

    def read(self) -> RefValue:
        return RefValue(commit=str(self.commit) if self.commit else None, text=self.text)

    def write(self, text: str, *, before: RefValue, message: str) -> RefValue:
        assert message
        if before != self.read():
            raise OvertakenError("somebody was faster")
        self.commit += 1
        self.text = text
        return self.read()


@dataclass
class World:
    """A remote, a receiver that counts messages, and a clock."""

    remote: Remote = field(default_factory=Remote)
    got: Counter[tuple[str, str]] = field(default_factory=Counter)
    now: datetime = field(default_factory=lambda: moment("12:00"))
    is_down: bool = False

    def receive(self, delivery: Delivery) -> None:
        if self.is_down:
            raise DeliveryError("it answered 500")
        for one in delivery.updates:
            self.got[delivery.channel.id, one.update.id] += 1

    def run(self, those: list[SiteUpdate], name: str) -> NotifyRun:
        return NotifyRun(
            store=self.remote,
            updates=those,
            channels=CHANNELS,
            run=name,
            clock=lambda: self.now,
        )


def begun(now: str = "10:00") -> World:
    """Return a world in which the channels are not new any more."""
    world = World(now=moment(now))
    world.run([], "first").send(world.receive)
    world.now = moment("12:00")
    return world


FILES = {
    "a": incident("11:00", "11:30"),
    "b": incident("11:10", "11:40 state: resolved"),
    "c": incident("11:20", severity="degraded", services="[web]"),
}
UPDATES = updates(site(FILES))
WANTED = {(one.id, update.update.id) for one in CHANNELS for update in UPDATES}


def test_a_run_sends_everything_once() -> None:
    """Each channel gets each update; the next run sends and writes nothing."""
    world = begun()

    report = world.run(UPDATES, "one").send(world.receive)
    commit = world.remote.commit
    again = world.run(UPDATES, "two").send(world.receive)

    assert (WANTED, {1}) == (set(world.got), set(world.got.values()))
    assert ([], [], commit) == (report.failed, again.sent, world.remote.commit)


def test_a_failed_message_is_released() -> None:
    """The run after a failure retries at once, without waiting for a claim to expire."""
    world = begun()
    world.is_down = True

    failed = world.run(UPDATES, "one").send(world.receive)
    world.is_down = False
    world.run(UPDATES, "two").send(world.receive)

    assert "it answered 500" == failed.failed[0][1]
    assert [] == failed.sent
    assert (WANTED, {1}) == (set(world.got), set(world.got.values()))


def test_a_delivery_that_cannot_be_recorded_is_repeated() -> None:
    """A delivery that could not be recorded is reported, and repeated after its claim expires."""
    world = begun()
    write = world.remote.write
    calls = iter(range(100))

    def broken(text: str, *, before: RefValue, message: str) -> RefValue:
        if next(calls):  # all but the claim
            raise OutsideError("the network is gone")
        return write(text, before=before, message=message)

    world.remote.write = broken  # type: ignore[method-assign]
    report = world.run(UPDATES, "one").send(world.receive)
    world.remote.write = write  # type: ignore[method-assign]
    soon = world.run(UPDATES, "two").send(world.receive)
    world.now += timedelta(minutes=16)
    world.run(UPDATES, "three").send(world.receive)

    assert ["chat", "hook"] == report.unrecorded
    assert [] == soon.sent
    assert (WANTED, {2}) == (set(world.got), set(world.got.values()))


def test_a_claim_moves_with_its_update() -> None:
    """An update is recorded under its new id if another run corrects its time meanwhile."""
    world = begun()
    files = FILES | {"a": incident("11:01 text: Text of 11:00.", "11:30")}
    moved = updates(site(files))
    heard: list[tuple[str, str]] = []

    def receive(delivery: Delivery) -> None:
        if not heard:
            world.run(moved, "moved").send(world.receive)
        heard.extend((delivery.channel.id, one.update.text) for one in delivery.updates)

    world.run(UPDATES, "one").send(receive)
    world.now += timedelta(minutes=16)
    late = world.run(moved, "three").send(world.receive)

    assert (10, []) == (len(set(heard)), late.sent)


def test_a_rejected_message_does_not_delay_others() -> None:
    """A failed message delays only later messages about the same incident."""
    world = begun()

    def receive(delivery: Delivery) -> None:
        if delivery.updates[0].incident.slug == "b":
            raise DeliveryError("it answered 400")
        world.receive(delivery)

    report = world.run(UPDATES, "one").send(receive)

    assert {"a", "c"} == {one.updates[0].incident.slug for one in report.sent}
    assert [
        "it answered 400",
        "it answered 400",
        "an earlier message about the same incident was not sent",
    ] == [reason for _, reason in report.failed]


def test_an_interrupted_run_releases_its_claims() -> None:
    """The run after an interrupt sends the rest, without waiting for a claim to expire."""
    world = begun()

    def interrupted(delivery: Delivery) -> None:
        if delivery.channel is HOOK:
            raise KeyboardInterrupt
        world.receive(delivery)

    with pytest.raises(KeyboardInterrupt):
        world.run(UPDATES, "one").send(interrupted)
    again = world.run(UPDATES, "two").send(world.receive)

    assert {"hook"} == {one.channel.id for one in again.sent}
    assert (WANTED, {1}) == (set(world.got), set(world.got.values()))


def test_claims_that_cannot_be_released_do_not_delay_other_channels() -> None:
    """The other channels get their messages even if the claims of one cannot be released."""
    world = begun()
    write = world.remote.write
    calls = iter(range(100))

    def broken(text: str, *, before: RefValue, message: str) -> RefValue:
        if next(calls):
            raise OutsideError("the network is gone")
        return write(text, before=before, message=message)

    def receive(delivery: Delivery) -> None:
        if delivery.channel is CHAT:
            raise DeliveryError("it answered 500")
        world.receive(delivery)

    world.remote.write = broken  # type: ignore[method-assign]
    report = world.run(UPDATES, "one").send(receive)

    assert {"hook"} == {one.channel.id for one in report.sent}
    assert (["hook"], 3) == (report.unrecorded, len(report.failed))


def test_an_empty_record_is_an_error() -> None:
    """A record that was emptied by mistake does not make every channel new."""
    world = begun()
    world.remote.text = ""

    with pytest.raises(OutsideError, match="cannot be read: it is empty; fix it, or delete"):
        world.run(UPDATES, "one").send(world.receive)


def test_messages_after_the_time_limit_are_released() -> None:
    """Messages that a run has no time for are released and reported."""
    world = begun()
    run = world.run(UPDATES, "one")

    report = NotifyRun(**{**vars(run), "is_late": lambda: True}).send(world.receive)
    world.run(UPDATES, "two").send(world.receive)

    assert ({"the time limit of this run was reached"}, []) == (
        {why for _, why in report.failed},
        report.sent,
    )
    assert (WANTED, {1}) == (set(world.got), set(world.got.values()))


@pytest.mark.parametrize(
    ("answers", "pauses"),
    [
        ([None], []),
        ([DeliveryError("500"), None], [5.0]),
        ([DeliveryError("500"), DeliveryError("500"), None], [5.0, 20.0]),
        ([DeliveryError("429", retry_after=30.0), None], [30.0]),
        ([DeliveryError("429", retry_after=0.0), None], [1.0]),
    ],
)
def test_a_message_is_tried_three_times(
    answers: list[DeliveryError | None], pauses: list[float]
) -> None:
    """A message is sent at once, after 5 and 20 seconds, or when the receiver asks."""
    left, slept = iter(answers), list[float]()

    def send() -> None:
        answer = next(left)
        if answer is not None:
            raise answer

    deliver(send, Waiting(sleep=slept.append))

    assert pauses == slept


@pytest.mark.parametrize("error", [DeliveryError("429", retry_after=61), DeliveryError("500")])
def test_retries_end(error: DeliveryError) -> None:
    """A receiver that fails three times, or asks for more than a minute, gets no more."""

    def send() -> None:
        raise error

    with pytest.raises(DeliveryError):
        deliver(send, Waiting(sleep=lambda _: None))


def test_no_attempt_starts_after_the_time_limit() -> None:
    """A receiver that keeps asking to wait does not delay a run beyond its claim."""
    tried = []

    with pytest.raises(DeliveryError, match="the time limit of this run was reached"):
        deliver(lambda: tried.append(1), Waiting(), is_late=lambda: True)

    assert [] == tried


class Turns:
    """Turns of several runs: each waits for its turn before every step."""

    def __init__(self, schedule: list[int], crashes: dict[int, int]) -> None:
        self._schedule = iter(schedule)
        self._crashes = crashes  # by run: the step before which it crashes
        self._steps: Counter[int] = Counter()
        self._alive: list[int] = []
        self._turn = threading.Condition()
        self._next: int | None = None

    def step(self, number: int) -> None:
        """Wait for the turn of run *number*. Raises Crash if it crashes here."""
        with self._turn:
            self._turn.wait_for(lambda: self._next == number)
            self._steps[number] += 1
            if self._crashes.get(number, sys.maxsize) <= self._steps[number]:
                raise Crash  # A crashed run does nothing more.
            self._pass_on()

    def _pass_on(self) -> None:
        if self._alive:
            self._next = self._alive[next(self._schedule, 0) % len(self._alive)]
        self._turn.notify_all()

    def play(self, runs: list[Callable[[], None]]) -> None:
        """Give turns to all *runs* until each has ended or crashed."""

        def body(number: int, run: Callable[[], None]) -> None:
            try:
                with suppress(Crash, OvertakenError):
                    run()
            except BaseException as error:
                errors.append(error)
            finally:
                with self._turn:
                    self._alive.remove(number)
                    self._pass_on()

        errors: list[BaseException] = []
        self._alive = [*range(len(runs))]
        threads = [threading.Thread(target=body, args=one, daemon=True) for one in enumerate(runs)]
        for thread in threads:
            thread.start()
        with self._turn:
            self._pass_on()
        for thread in threads:
            thread.join()
        assert [] == errors


@dataclass
class TurnedRemote:
    """The remote as run *number* sees it: each read and write takes a turn."""

    remote: Remote
    turns: Turns
    number: int

    def read(self) -> RefValue:
        self.turns.step(self.number)
        return self.remote.read()

    def write(self, text: str, *, before: RefValue, message: str) -> RefValue:
        self.turns.step(self.number)
        return self.remote.write(text, before=before, message=message)


@contextmanager
def stepping(world: World, turns: Turns, number: int) -> Iterator[Callable[[Delivery], None]]:
    """Yield a function that takes a turn before and after sending."""

    def send(delivery: Delivery) -> None:
        turns.step(number)
        world.receive(delivery)
        turns.step(number)

    yield send


@settings(max_examples=scaled(300))
@given(
    st.lists(st.integers(0, 1), max_size=80),
    st.dictionaries(st.integers(0, 1), st.integers(1, 30), max_size=2),
    st.lists(st.sampled_from([len(UPDATES), 3, 1]), min_size=2, max_size=2),
)
def test_two_runs_at_once_send_everything_once_in_any_order(
    schedule: list[int], crashes: dict[int, int], seen: list[int]
) -> None:
    """Two runs send each update once in any order of steps, and twice only after a crash."""
    world = begun()
    turns = Turns(schedule, crashes)

    def run(number: int) -> Callable[[], None]:
        def go() -> None:
            one = world.run(UPDATES[: seen[number]], f"run{number}")
            store = TurnedRemote(world.remote, turns, number)
            with stepping(world, turns, number) as send:
                NotifyRun(**{**vars(one), "store": store}).send(send)

        return go

    turns.play([run(0), run(1)])
    doubled = {key for key, number in world.got.items() if number > 1}
    world.now += timedelta(minutes=16)
    world.run(UPDATES, "last").send(world.receive)

    assert set() == doubled
    assert set(world.got) == WANTED
    assert crashes or {1} == set(world.got.values())
    assert record.parse(world.remote.text)
