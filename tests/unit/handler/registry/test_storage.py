"""`handler.registry.storage`: where an artifact's bytes are held, and what room that takes."""

from handler.registry.storage import IN_MEMORY_BYTES, storage_needed


def test_a_small_artifact_needs_no_storage_and_a_large_one_has_room_beside_its_successor() -> None:
    assert storage_needed(0) == storage_needed(IN_MEMORY_BYTES) == 0
    large = IN_MEMORY_BYTES + 1
    assert 2 * large < storage_needed(large) < 2 * large + 2**24


def test_the_storage_that_every_function_has_takes_an_artifact_of_a_quarter_of_a_gigabyte() -> None:
    # 512 MB, counted in MiB (AWS Lambda Developer Guide, "Configure ephemeral storage").
    assert storage_needed(262_000_000) <= 512 * 1024 * 1024
