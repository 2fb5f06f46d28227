"""Tests of the pauses of the garbage collector."""

import gc

import pytest

from statusgen.system import collection


def test_objects_of_the_block_are_not_collected_until_release() -> None:
    """The collector ignores what a block created, and runs again after it."""
    before = gc.get_freeze_count()
    try:
        with collection.uncollected():
            is_paused = not gc.isenabled()
            created = [[number] for number in range(1000)]
        frozen = gc.get_freeze_count() - before
    finally:
        collection.release()

    assert (True, True) == (is_paused, gc.isenabled())
    assert len(created) < frozen
    assert gc.get_freeze_count() == 0


def test_an_error_in_the_block_ends_the_pause() -> None:
    """The collector runs again after an error."""
    with pytest.raises(LookupError), collection.uncollected():
        raise LookupError
    collection.release()

    assert gc.isenabled()
