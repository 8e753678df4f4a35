"""A grid or a search as it is trained: its tiles as they come, for as long as somebody waits for them.

One thread for each atlas hands slices of its jobs to a crew and puts together what comes back. A job whose worker is
lost or hangs is given out again: nothing is lost but its last slice. Of a search only
the best go on beyond a rung, once all have come to it. When nobody has asked for a while, the thread ends; who asks
again later has it go on from what is there.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import NamedTuple

from mlp.jobs import Job, Slice, only, rest
from playground.run.atlas import Cells, Tile, tiles
from playground.run.crew import Crew, Crews, LostError, UnreachableError

SLICE_SECONDS = 0.4
"""Of training at a time: whoever leaves has nobody train for nothing for longer than this"""
WAITED_FOR_SECONDS = 0.9
"""Since somebody last asked: with what is in hand then, all is still within two seconds"""
LATE_SECONDS = 30.0
MOST_LOSSES = 4
MOST_MEGABYTES = 128
MOST_KEPT = 32
LOOK_EVERY_SECONDS = 0.5


@dataclass(eq=False)
class _Piece:
    """A job and what of it is done."""

    cells: tuple[int, ...]
    job: Job
    slices: list[Slice] = field(default_factory=list)
    losses: int = 0


class Progress(NamedTuple):
    """How far an atlas is."""

    done: float
    """Share of all epochs of all runs"""
    is_complete: bool
    is_working: bool
    workers: str
    """Who is at work, in words; "" before anybody is"""
    notes: tuple[str, ...]
    """What happened on the way, in sentences"""
    seconds_left: float | None


class Survey:
    """An atlas, its tiles so far, and the thread that has them trained.

    clock : tells the time in seconds
    late_seconds : after which a slice is taken to hang
    """

    def __init__(
        self,
        atlas: Cells,
        crews: Crews,
        clock: Callable[[], float] = time.monotonic,
        late_seconds: float = LATE_SECONDS,
    ) -> None:
        self.atlas = atlas
        self.order: list[int] = []
        """The cells whose tiles are there, in the order in which they came; once more where one has gone on"""
        self.tiles: dict[int, Tile] = {}
        self.rungs: list[tuple[int, int, int]] = []
        """Of each rung that was passed its epoch, how many have come there, and how many have gone on"""
        self.dropped: dict[int, int] = {}
        """Cells that do not go on, and the epoch at which they have ended"""
        self.problems: dict[int, str] = {k: c for k, c in enumerate(atlas.configs) if isinstance(c, str)}
        """Cells of which there will be no tile, and why, in a sentence"""
        self.nbytes = 0
        self._crews, self._clock, self._late_seconds = crews, clock, late_seconds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._jobs = atlas.jobs()  # made one after the other, so that the first is under way at once
        self._waiting: deque[_Piece] = deque()  # begun, and given back
        self._arrived: list[_Piece] = []  # at the present rung
        self._awaited = {k for k, c in enumerate(atlas.configs) if not isinstance(c, str)}  # at it
        self._asked = -1e9
        self._notes: list[str] = []
        self._workers = ""
        self._epochs_done = 0
        self._epochs_total = round(atlas.n_runs * atlas.epochs * atlas.share) or 1
        self._begun: tuple[float, int] = (0.0, 0)

    # ---- for those who wait ----------------------------------------------------------------------------------------
    def ask(self) -> None:
        """Somebody waits: have it trained for a while longer."""
        with self._lock:
            self._asked = self._clock()
            if self._thread is None and not self.is_complete and self._crews.begin():
                self._thread = threading.Thread(target=self._work, name=f"atlas {self.atlas.name}", daemon=True)
                self._thread.start()

    @property
    def is_new(self) -> bool:
        """Whether nobody has asked for it yet."""
        return self._asked < 0

    @property
    def is_complete(self) -> bool:
        """Whether every cell has come as far as it will."""
        return not self._awaited

    @property
    def is_working(self) -> bool:
        """Whether it is being trained."""
        return self._thread is not None

    def progress(self) -> Progress:
        """How far it is."""
        done, left = self._epochs_done / self._epochs_total, None
        begun, before = self._begun
        made = self._epochs_done - before
        if self.is_working and made > 0:
            left = (self._clock() - begun) * (self._epochs_total - self._epochs_done) / made
        return Progress(
            1.0 if self.is_complete else min(done, 1.0),
            self.is_complete,
            self.is_working,
            self._workers,
            tuple(self._notes),
            left,
        )

    # ---- the thread ------------------------------------------------------------------------------------------------
    def _work(self) -> None:
        going: dict[Future[Slice], tuple[_Piece, float]] = {}
        try:
            self._begun = (self._clock(), self._epochs_done)
            self._go(going)
        except Exception as error:  # nobody would hear of it otherwise
            self._tell(f"The atlas cannot be trained any further: {error}")
        finally:
            for future, (piece, _) in going.items():
                future.cancel()
                self._put_back(piece)
            with self._lock:
                self._crews.end()
                self._thread = None

    def _go(self, going: dict[Future[Slice], tuple[_Piece, float]]) -> None:
        crew, n, looked = self._crew(), 0, -1e9
        while self._clock() - self._asked < WAITED_FOR_SECONDS:
            try:
                if self._clock() - looked > LOOK_EVERY_SECONDS:
                    n, looked = self._count(crew, n), self._clock()
                while len(going) < self._crews.share(2 * n) and self._fetch():
                    future = crew.submit(self._waiting[0].job, SLICE_SECONDS)
                    going[future] = (self._waiting.popleft(), self._clock())
            except UnreachableError as error:
                self._crews.failed(crew, str(error), self._clock())
                for future, (piece, _) in going.items():
                    future.cancel()
                    self._put_back(piece)
                going.clear()
                crew, n, looked = self._crew(), 0, -1e9
                continue
            if not going and not self._fetch():
                break  # all have come as far as they will
            done, _ = wait(going, timeout=0.1, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(going.pop(future)[0], future)
            for future, (piece, since) in list(going.items()):
                if self._clock() - since > self._late_seconds:
                    self._tell("A worker did not answer any longer; its work was given to another.")
                    del going[future]
                    looked = -1e9
                    if crew.replace_late(future):  # all of them, so the others will be lost for no fault of their own
                        for other, _ in going.values():
                            other.losses -= 1
                    future.cancel()
                    self._lose(piece)
                    break

    def _fetch(self) -> bool:
        """Whether a job waits to be given out; the next one is made if none was given back."""
        if not self._waiting and (made := next(self._jobs, None)) is not None:
            self._waiting.append(_Piece(*made))
        return bool(self._waiting)

    def _crew(self) -> Crew:
        crew, notes = self._crews.get(self._clock())
        for note in notes:
            self._tell(note)
        return crew

    def _count(self, crew: Crew, before: int) -> int:
        """How many workers there are; tells of those that have gone."""
        n = crew.n_workers()
        if n < before:
            lost = before - n
            self._tell(f"{lost} worker{'s' if lost > 1 else ''} went away; what they had in hand goes to the others.")
        self._workers = f"{n} worker{'s' if n != 1 else ''} {crew.where()}"
        return n

    def _take(self, piece: _Piece, future: Future[Slice]) -> None:
        """Put a slice where it belongs."""
        try:
            part = future.result()
        except LostError:
            self._tell("A worker was lost; what it had in hand is trained again.")
            self._lose(piece)
            return
        except Exception as error:
            self._give_up(piece, f"This could not be trained: {error}")
            return
        piece.slices.append(part)
        piece.job = rest(piece.job, part)
        self._epochs_done += (part.state.epoch - part.start) * len(piece.job.nets)
        if not piece.job.is_done:
            self._put_back(piece)
            return
        made = tiles(piece.job, piece.slices, self.atlas.n_seeds)
        with self._lock:
            for cell, tile in zip(piece.cells, made, strict=True):
                self.nbytes += tile.nbytes - (self.tiles[cell].nbytes if cell in self.tiles else 0)
                self.tiles[cell] = tile
                self.order.append(cell)
            if len(self.rungs) + 1 < len(self.atlas.rungs):
                self._arrived.append(piece)
            self._arrive(piece.cells)

    def _arrive(self, cells: tuple[int, ...]) -> None:
        """Wait for these no longer; once all are at the rung, let the best go on to the next. Needs the lock."""
        self._awaited -= {*cells}
        if self._awaited or not self._arrived:
            return
        end, then = self.atlas.rungs[len(self.rungs) : len(self.rungs) + 2]
        arrived, self._arrived = self._arrived, []
        here = {cell: self.tiles[cell] for piece in arrived for cell in piece.cells}
        best = set(self.atlas.best(here))
        self.rungs.append((end, len(here), len(best)))
        self.dropped |= {cell: end for cell in here if cell not in best}
        for piece in arrived:
            stay = [k for k, cell in enumerate(piece.cells) if cell in best]
            if stay:
                n = self.atlas.n_seeds
                job, slices = only(piece.job, piece.slices, [n * k + seed for k in stay for seed in range(n)], then)
                self._waiting.append(_Piece(tuple(piece.cells[k] for k in stay), job, slices))
        self._awaited = best

    def _lose(self, piece: _Piece) -> None:
        piece.losses += 1
        if piece.losses > MOST_LOSSES:
            self._give_up(piece, f"The workers that trained this were lost {piece.losses} times.")
        else:
            self._put_back(piece)

    def _put_back(self, piece: _Piece) -> None:
        self._waiting.appendleft(piece)

    def _give_up(self, piece: _Piece, why: str) -> None:
        with self._lock:
            self.problems |= dict.fromkeys(piece.cells, why)
            self._arrive(piece.cells)

    def _tell(self, sentence: str) -> None:
        if sentence not in self._notes:
            self._notes.append(sentence)


class Surveys:
    """The newest atlases of this process by their names, within a bounded memory; the least recently used go first."""

    def __init__(self, crews: Crews, max_bytes: int = MOST_MEGABYTES * 2**20) -> None:
        self._crews, self._max_bytes = crews, max_bytes
        self._surveys: OrderedDict[str, Survey] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, atlas: Cells) -> Survey:
        """What is known of an atlas, by whose name it is known from now on."""
        with self._lock:
            if atlas.name not in self._surveys:
                self._surveys[atlas.name] = Survey(atlas, self._crews)
            return self._use(atlas.name)

    def known(self, name: str) -> Survey | None:
        """The atlas of this name, if somebody has opened it and it was not forgotten since."""
        with self._lock:
            return self._use(name) if name in self._surveys else None

    def _use(self, name: str) -> Survey:
        self._surveys.move_to_end(name)
        survey = self._surveys[name]
        idle = [n for n, s in self._surveys.items() if n != name and not s.is_working]
        while idle and (
            len(self._surveys) > MOST_KEPT or sum(s.nbytes for s in self._surveys.values()) > self._max_bytes
        ):
            del self._surveys[idle.pop(0)]
        return survey
