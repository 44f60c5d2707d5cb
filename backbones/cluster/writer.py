"""What comes back from the cluster, written to the store as it comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from backbones.cluster.lacking import LackingJob
from backbones.cluster.worker import Found
from backbones.errors import InputError, first_ten
from backbones.features.cuts import Mistakes
from backbones.features.extract import ChangedPhotoError
from backbones.progress import Advance, Progress
from backbones.remote.photo import Photo


class Writer:
    """Writes rows as they come, and keeps what is wrong with photos."""

    def __init__(
        self,
        jobs: Sequence[LackingJob],
        photos: Mapping[str, Sequence[Photo]],
        rejected: Mistakes | None,
    ) -> None:
        self._jobs = jobs
        self._photos = photos
        self._rejected = rejected
        self._failed: Mistakes = {}
        self._kind: type[InputError] = InputError
        self._advances: list[tuple[Advance, int]] = []

    def stages(self, progress: Progress) -> ExitStack:
        """A stage for each network; for measures of photos only where there is no other."""
        networks = [number for number, job in enumerate(self._jobs) if job.backbones]
        measures = [number for number, job in enumerate(self._jobs) if job.todo]
        opened = ExitStack()
        for number in networks or measures[:1]:
            job = self._jobs[number]
            stage = progress.stage(job.name, len(job.todo), "photo")
            self._advances.append((opened.enter_context(stage), number))
        return opened

    def write(self, found: Found) -> None:
        """Commit the rows of a block."""
        for job, several in zip(self._jobs, found.rows, strict=True):
            for store, (keys, rows) in zip(job.stores, several, strict=True):
                if rows is not None and keys:
                    store.write(keys, rows)
        if found.changed:
            self._kind = ChangedPhotoError
        for key, mistakes in found.mistakes.items():
            if self._rejected is None or key in found.changed:
                self._failed[key] = [f"{one} (on the Ray node {found.node})" for one in mistakes]
            else:
                self._rejected[key] = mistakes
        for advance, number in self._advances:
            advance(len(found.rows[number][0][0]))

    def refuse(self) -> None:
        """Raise an error of the photos that cannot be used, in their order; see ``run_blocks``."""
        if self._failed:
            told = [one for key in self._photos for one in self._failed.get(key, [])]
            raise self._kind("photos that cannot be used:", first_ten(told))
