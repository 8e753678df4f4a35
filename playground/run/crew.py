"""Who trains jobs: worker processes of this machine, or of a Dask cluster whose address the host has given.

Never the server's own process: those who play there keep their frames. Processes come by `loky`, joblib's own pool:
those of the standard library import the program's main script, which inside a Streamlit script is the page, and break.
A crew takes a job and hands back a future; if its worker goes away that raises `LostError`, and the job can be given to
another.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
import zipfile
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import loky
import numpy as np

import mlp
from mlp.jobs import Job, Slice, train

SCHEMES = ("tcp", "tls", "ws", "wss")
CONNECT_SECONDS = 3
IDLE_SECONDS = 60.0
"""After which a worker of this machine that has nothing to do leaves, and its memory with it"""
LOOK_EVERY_SECONDS = 0.5
TEST_SECONDS = 10
MOST_AT_ONCE = 64
"""Atlases that are trained at the same time; others wait"""


class LostError(Exception):
    """A worker went away with a job in hand, which another can do."""


class UnreachableError(Exception):
    """There is no crew to be had; says why, in a sentence."""


class Crew(Protocol):
    """Workers that train jobs."""

    notes: tuple[str, ...]
    """What must be known of them, in sentences"""

    def n_workers(self) -> int:
        """How many there are. UnreachableError where nobody knows any longer."""

    def where(self) -> str:
        """Who and where they are, in words that follow a number of them."""

    def submit(self, job: Job, seconds: float) -> Future[Slice]:
        """Have a slice of the job trained. UnreachableError where nobody is left."""

    def replace_late(self, future: Future[Slice]) -> bool:
        """Give nothing more to a worker that must hang, so long it has this slice; whether all are replaced."""

    def close(self) -> None:
        """Let all workers go."""


def _give(future: Future[Any], result: Any = None, error: BaseException | None = None) -> None:
    """Settle a future that somebody may have settled or cancelled meanwhile."""
    if not future.done() and future.set_running_or_notify_cancel():
        future.set_exception(error) if error is not None else future.set_result(result)


# ---- this machine --------------------------------------------------------------------------------------------------
class Local:
    """Worker processes of this machine, started when the first job comes, and gone with the server."""

    def __init__(self, n_workers: int | None = None) -> None:
        self.notes: tuple[str, ...] = ()
        self._n = n_workers or loky.cpu_count()
        self._lock = threading.Lock()
        self._pool: loky.ProcessPoolExecutor | None = None

    def n_workers(self) -> int:
        """One for each processor."""
        return self._n

    def where(self) -> str:
        """In words."""
        return "of this machine"

    def submit(self, job: Job, seconds: float) -> Future[Slice]:
        """Have a slice trained; a pool that has lost a worker is broken, and another takes its place."""
        outer: Future[Slice] = Future()
        with self._lock:
            try:
                inner = self._workers().submit(train, job, seconds)
            except (BrokenExecutor, RuntimeError):
                self._pool = None
                inner = self._workers().submit(train, job, seconds)
        inner.add_done_callback(lambda done: self._hand_on(done, outer))
        outer.add_done_callback(lambda done: inner.cancel() if done.cancelled() else None)
        return outer

    @staticmethod
    def _hand_on(done: Future[Slice], outer: Future[Slice]) -> None:
        error = done.exception() if not done.cancelled() else BrokenExecutor()
        gone = isinstance(error, BrokenExecutor | loky.process_executor.ShutdownExecutorError)
        _give(outer, done.result() if error is None else None, LostError() if gone else error)

    def _workers(self) -> loky.ProcessPoolExecutor:
        if self._pool is None:
            env = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
            self._pool = loky.ProcessPoolExecutor(
                self._n, timeout=IDLE_SECONDS, initializer=_behave, initargs=(os.getpid(),), env=env
            )
        return self._pool

    def replace_late(self, future: Future[Slice]) -> bool:
        """Nobody can tell which of them hangs: all are replaced."""
        self.close()
        return True

    def close(self) -> None:
        """End the processes; what they had in hand is lost."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, kill_workers=True)


def _behave(server: int) -> None:
    """In a new worker: one thread, after those who play on the same machine, and no longer than its server."""
    mlp.use_one_thread()
    threading.Thread(target=_leave_with, args=(server,), daemon=True).start()
    with suppress(OSError, AttributeError):  # Windows has no such thing
        os.nice(5)


def _leave_with(server: int) -> None:
    """End this process with the one that started it, which may be killed and then says no good-bye."""
    while os.getppid() == server:
        time.sleep(LOOK_EVERY_SECONDS)
    os._exit(0)


# ---- a cluster -----------------------------------------------------------------------------------------------------
def check_address(address: str) -> str:
    """Hand back the address of a Dask scheduler. ValueError, in a sentence, for what is none."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port is not None
    except ValueError:
        good = False
    if not good:
        raise ValueError(
            f"MLP_CLUSTER must be the address of a Dask scheduler, such as tcp://10.0.0.5:8786; got {address[:60]!r}."
        )
    return address


class Cluster:
    """The workers of a Dask cluster. UnreachableError, in a sentence, where there are none to be had.

    The engine is sent along, so that they need Python and NumPy alone, and a small job is tried on them first.
    """

    def __init__(self, address: str, patience: float = 5.0) -> None:
        try:
            import distributed
        except ImportError:
            raise UnreachableError(
                "A cluster needs the package distributed, which is not installed here: pip install distributed."
            ) from None
        self.notes: tuple[str, ...] = ()
        self._address = check_address(address)
        self._shunned: set[str] = set()
        self._keys: dict[Future[Slice], str] = {}
        self._loss = distributed.scheduler.KilledWorker
        try:
            # Not the default client: another part of the program may have one, and a failed one would stay it.
            connect: Any = distributed.Client
            self._client = connect(address, timeout=f"{CONNECT_SECONDS}s", set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise UnreachableError(f"There is no answer from the cluster at {address}: {_brief(error)}.") from None
        try:
            self._prepare(patience)
        except BaseException:
            self.close()
            raise

    def _prepare(self, patience: float) -> None:
        with suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=patience)
        if not self.n_workers():
            raise UnreachableError(f"The cluster at {self._address} has no workers.")
        with tempfile.TemporaryDirectory() as folder:
            self._client.upload_file(str(_packed_engine(Path(folder))))
        job = _small_job()
        try:
            there = self._client.submit(train, job, 60.0, pure=False).result(timeout=TEST_SECONDS)
        except TimeoutError:
            raise UnreachableError(f"The workers of the cluster at {self._address} do not answer.") from None
        except Exception as error:
            raise UnreachableError(f"The cluster at {self._address} cannot train: {_brief(error)}.") from None
        off = float(np.abs(there.state.parameters - train(job, 60.0).state.parameters).max())
        notes = [f"The cluster's numbers differ from this machine's by up to {off:.0e}."] if off else []
        self.notes = (*notes, *self._other_versions())

    def _other_versions(self) -> list[str]:
        """Where the workers' packages are others than the server's."""
        try:
            told = self._client.get_versions(check=False)
        except (OSError, TimeoutError):
            return []
        mine = told["client"]["packages"]
        found = []
        for name in ("python", "numpy", "distributed", "cloudpickle"):
            theirs = {w["packages"][name] for w in told["workers"].values()} - {mine[name]}
            if theirs:
                found.append(f"The cluster has {name} {', '.join(sorted(map(str, theirs)))}; this server {mine[name]}.")
        return found

    def n_workers(self) -> int:
        """Their threads: each trains a job."""
        return sum(self._threads().values())

    def _threads(self) -> dict[str, int]:
        """How many threads each worker has that still answers."""
        try:
            threads = self._client.sync(self._client.scheduler.ncores, callback_timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, RuntimeError) as error:
            raise UnreachableError(f"The cluster at {self._address} is out of reach: {_brief(error)}.") from None
        return {worker: n for worker, n in threads.items() if worker not in self._shunned}

    def where(self) -> str:
        """In words."""
        return f"of the cluster at {self._address}"

    def submit(self, job: Job, seconds: float) -> Future[Slice]:
        """Have a slice trained."""
        outer: Future[Slice] = Future()
        if self._client.status != "running":
            raise UnreachableError(f"The cluster at {self._address} is out of reach.")
        only = list(self._threads()) if self._shunned else None
        if only == []:
            raise UnreachableError(f"No worker of the cluster at {self._address} answers any longer.")
        inner = self._client.submit(train, job, seconds, pure=False, workers=only)
        self._keys[outer] = inner.key
        inner.add_done_callback(lambda done: self._hand_on(done, outer))
        outer.add_done_callback(lambda _: self._forget(outer, inner))
        return outer

    def _forget(self, outer: Future[Slice], inner: Any) -> None:
        """What nobody holds the scheduler gives up, if it has not begun."""
        self._keys.pop(outer, None)
        inner.release()

    def _hand_on(self, done: Any, outer: Future[Slice]) -> None:
        if outer.done():
            return
        if done.status == "finished":
            try:
                _give(outer, done.result())
            except Exception:  # the worker that held the result went away with it
                _give(outer, error=LostError())
        elif done.status == "error":
            error = done.exception()
            _give(outer, error=LostError() if isinstance(error, self._loss) else error)
        else:
            _give(outer, error=LostError())

    def replace_late(self, future: Future[Slice]) -> bool:
        """The worker that has it gets nothing more; Dask itself would take minutes to notice."""
        key = self._keys.pop(future, None)
        with suppress(OSError, TimeoutError):
            processing = self._client.sync(self._client.scheduler.processing, callback_timeout=CONNECT_SECONDS)
            for worker, keys in processing.items():
                if key in keys:
                    self._shunned.add(worker)
                    for other in [outer for outer, other_key in list(self._keys.items()) if other_key in keys]:
                        _give(other, error=LostError())  # it waits behind the one that hangs
        return False

    def close(self) -> None:
        """Leave the cluster; in the background, for a dead scheduler says no good-bye."""
        threading.Thread(target=self._client.close, kwargs={"timeout": 2}, daemon=True).start()


def _packed_engine(folder: Path) -> Path:
    """The engine as a file that Python imports from."""
    root = Path(mlp.__file__).parent
    path = folder / "mlp.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(root.rglob("*.py")):
            packed.write(file, file.relative_to(root.parent))
    return path


def _small_job() -> Job:
    nets = [mlp.MLP([2, 3, 1], seed=seed) for seed in range(2)]
    data = mlp.make_dataset("xor", n_samples=40, seed=1)
    return Job(nets, [data] * 2, [mlp.Settings(mlp.Adam(), seed=seed) for seed in range(2)], epochs=3)


def _brief(error: BaseException) -> str:
    """An error of another program in a few words on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:160].rstrip(".")


# ---- which of them -------------------------------------------------------------------------------------------------
class Crews:
    """The cluster as long as it can be reached, else this machine; shared by all atlases of a server.

    address : of a Dask scheduler, or "" for none. ValueError, in a sentence, for what is no address.
    why : what else must be told, in a sentence, such as that the address was none
    """

    def __init__(
        self, address: str = "", local: Crew | None = None, again_seconds: float = 60.0, why: str = ""
    ) -> None:
        self._address = check_address(address) if address else ""
        self._local = local or Local()
        self._cluster: Cluster | None = None
        self._refused_until = 0.0
        self._again_seconds = again_seconds
        self._why = why
        self._at_work = 0
        self._lock = threading.Lock()

    def begin(self) -> bool:
        """Whether there is room for one more atlas to be trained; it has to `end`."""
        with self._lock:
            if self._at_work >= MOST_AT_ONCE:
                return False
            self._at_work += 1
            return True

    def end(self) -> None:
        """An atlas needs the workers no longer."""
        with self._lock:
            self._at_work -= 1

    def share(self, n: int) -> int:
        """How many of `n` slices at once an atlas may have: all begin soon, however many visitors there are."""
        return max(1, n // max(1, self._at_work)) if n else 0

    def get(self, now: float) -> tuple[Crew, tuple[str, ...]]:
        """A crew to go to at a time, in seconds, and what must be told of it. It may take some seconds to find one."""
        with self._lock:
            if not self._address and not self._why:
                return self._local, ()
            if self._address and self._cluster is None and now >= self._refused_until:
                try:
                    self._cluster = Cluster(self._address)
                except UnreachableError as error:
                    self._refuse(str(error), now)
            if self._cluster is not None:
                return self._cluster, self._cluster.notes
            return self._local, (f"{self._why} The work goes on with workers of this machine.",)

    def failed(self, crew: Crew, why: str, now: float) -> None:
        """A cluster is out of reach: go on without it for a while."""
        with self._lock:
            if crew is self._cluster:
                crew.close()
                self._cluster = None
                self._refuse(why, now)

    def _refuse(self, why: str, now: float) -> None:
        self._why, self._refused_until = why, now + self._again_seconds

    def close(self) -> None:
        """Let all of them go."""
        self._local.close()
        if self._cluster is not None:
            self._cluster.close()
