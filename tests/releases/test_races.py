"""Of writers at the same moment one wins, the others are told, and every reader meanwhile reads whole files."""

import contextlib
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.integration.registries import history, made_at, published_whole, put_version, served_whole
from tests.releases.racing_writer import StartingTogether, race
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store

WRITERS = 12
THREADS, PROCESSES = 2, 1
"""Few publish or promote at once: each of them proves an artifact first, which takes a second of CPU or two."""
RACERS = THREADS + PROCESSES


@contextlib.contextmanager
def polled(look: Callable[[], object]) -> Iterator[list[object]]:
    """Look again and again meanwhile; what a look raises is raised at the end."""
    over = threading.Event()

    def poll() -> list[object]:
        while not over.is_set():
            seen.append(look())
        return seen

    seen: list[object] = []
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(poll)
        try:
            yield seen
        finally:
            over.set()
        polling.result()
    assert seen


def race_all(act: str, uri: str, what: list[str]) -> list[str]:
    """Race with threads of this process and with processes of their own, all let go once the last one is ready."""
    command = [sys.executable, "-m", "tests.releases.racing_writer", act, uri]
    processes = [
        subprocess.Popen([*command, one], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for one in what[THREADS:]
    ]
    together = threading.Barrier(THREADS + 1, timeout=120)
    with ThreadPoolExecutor(THREADS) as pool:
        threads = [
            pool.submit(race, act, StartingTogether(open_writable_store(uri), together.wait), one)
            for one in what[:THREADS]
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        together.wait()
        outcomes = [process.communicate("go\n", timeout=120)[0].strip() for process in processes]
        outcomes += [thread.result() for thread in threads]
    return outcomes


def test_of_many_creators_one_wins_and_its_bytes_stand(model_uri: str) -> None:
    offers = [f"{number}".encode() * 50_000 for number in range(WRITERS)]
    together = threading.Barrier(WRITERS)

    def create(offer: bytes) -> bool:
        store = open_writable_store(model_uri)
        store.get("first")  # a client of S3 takes a while to make
        together.wait()
        return store.create("versions/v/model.joblib", offer)

    def look() -> None:
        blob = store.get("versions/v/model.joblib")
        assert blob is None or blob.data in offers

    store = open_writable_store(model_uri)
    store.create("first", b"")
    with polled(look), ThreadPoolExecutor(WRITERS) as pool:
        won = list(pool.map(create, offers))
    assert Counter(won) == {True: 1, False: WRITERS - 1}
    blob = store.get("versions/v/model.joblib")
    assert blob is not None
    assert blob.data == offers[won.index(True)]


def test_of_many_that_replace_the_same_one_wins(model_uri: str) -> None:
    key = "aliases/production.json"
    store = open_writable_store(model_uri)
    store.create(key, b"before" * 1000)
    offers = [f"{writer}".encode() * 5000 for writer in range(WRITERS)]
    together = threading.Barrier(WRITERS)

    def replace(offer: bytes) -> bool:
        mine = open_writable_store(model_uri)
        held = mine.get(key)
        assert held is not None
        together.wait()
        return mine.replace(key, offer, held.etag)

    def look() -> None:
        blob = store.get(key)
        assert blob is not None
        assert blob.data in (b"before" * 1000, *offers)

    with polled(look), ThreadPoolExecutor(WRITERS) as pool:
        won = list(pool.map(replace, offers))
    assert Counter(won) == {True: 1, False: WRITERS - 1}
    held = store.get(key)
    assert held is not None
    assert held.data == offers[won.index(True)]


def test_of_publishers_of_one_folder_one_wins_and_the_others_learn_that_it_exists(
    model_uri: str, iris_folder: Path, iris: TrainedFolder
) -> None:
    store = open_writable_store(model_uri)
    store.create("first", b"")
    with polled(lambda: published_whole(store)) as seen:
        outcomes = race_all("publish", model_uri, [str(iris_folder)] * RACERS)
    assert Counter(outcomes) == {"won": 1, "VersionExists": RACERS - 1}
    assert published_whole(store) == [iris.manifest.version]
    assert all(looked in ([], [iris.manifest.version]) for looked in seen)
    assert sorted(store.list(f"versions/{iris.manifest.version}")) == ["manifest.json", "model.joblib", "report.html"]


def test_of_promoters_of_different_versions_one_wins_and_the_others_learn_that_the_alias_moved(
    served_uri: str, iris: TrainedFolder
) -> None:
    versions = [put_version(served_uri, made_at(iris, second)) for second in range(RACERS)]
    store = open_writable_store(served_uri)
    with polled(lambda: served_whole(store)) as seen:
        outcomes = race_all("promote", served_uri, versions)
    assert Counter(outcomes) == {"won": 1, "AliasMoved": RACERS - 1}
    serving = served_whole(store)
    # Processes come first among the outcomes, threads first among the versions.
    assert serving == (versions[THREADS:] + versions[:THREADS])[outcomes.index("won")]
    assert set(seen) <= {iris.manifest.version, serving}
    assert history(store) == [iris.manifest.version, serving]
