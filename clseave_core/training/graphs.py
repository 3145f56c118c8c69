"""Training steps as CUDA graphs: recorded once for each shape, then replayed with one launch.

A whole step is recorded: gathering the batch, forward and backward pass, clipping and the
optimiser's update. It must therefore ask the device for no number, and whatever changes from step
to step lies in tensors that stay where they are: the batch in those of the recording, the learning
rate in the optimiser's. Dropout goes on, since a recorded generator moves with each replay. Not
torch.compile: that would compile every shape anew in every job, and round differently.

https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import torch
from torch import Tensor

from clseave_core.training.planning import PlannedBatch

logger = logging.getLogger(__name__)

Sums = dict[str, Tensor]
EAGER_STEPS = 3
"""Steps of a shape that run as usual before it is recorded: libraries and the optimiser make their
buffers then, and a shape that hardly ever comes up is not worth a recording."""


class Recorder(Protocol):
    """Where steps run and what records them."""

    def stream(self) -> AbstractContextManager[None]:
        """Within it steps run, in the order of what runs outside."""
        ...

    def capture(self, work: Callable[[], Sums]) -> Callable[[], Sums]:
        """Record `work` without running it; the result runs it. RuntimeError where it cannot."""
        ...


class GraphedSteps:
    """Runs `step` on batches, from a recording where their shape has come up often enough.

    What it gives is overwritten by later steps. Where a recording fails, the log says so and all
    steps run as usual from then on.
    """

    def __init__(self, step: Callable[[PlannedBatch], Sums], recorder: Recorder) -> None:
        # The first steps are not recorded, on purpose.
        warnings.filterwarnings("ignore", message="This instance was constructed with capturable")
        self._step, self._recorder = step, recorder
        self._seen: Counter[tuple[int, int]] = Counter()
        self._recorded: dict[tuple[int, int], Callable[[PlannedBatch], Sums]] = {}
        self._recording = True

    def __call__(self, batch: PlannedBatch) -> Sums:
        """Take the step of `batch`."""
        with self._recorder.stream():
            self._seen[batch.shape] += 1
            if self._recording and self._seen[batch.shape] == EAGER_STEPS + 1:
                self._record(batch)
            return self._recorded.get(batch.shape, self._step)(batch)

    def _record(self, batch: PlannedBatch) -> None:
        tensors = {name: tensor.clone() for name, tensor in batch.tensors.items()}
        fixed = PlannedBatch(batch.size, batch.width, tensors)
        try:
            replay = self._recorder.capture(lambda: self._step(fixed))
        except RuntimeError as error:
            # Earlier recordings drew from the generator that is replaced now.
            self._recorded.clear()
            self._recording = False
            logger.warning(
                "a training step of %d examples at %d tokens could not be recorded as a CUDA "
                "graph; all run as usual from now on, which is slower: %s. `cuda_graphs: false` in "
                "the training section does without from the start.", *batch.shape, error,
            )  # fmt: skip
            return

        def run(other: PlannedBatch) -> Sums:
            for name, tensor in other.tensors.items():
                tensors[name].copy_(tensor)
            return replay()

        self._recorded[batch.shape] = run


class CudaRecorder:
    """CUDA graphs of one GPU, which share a pool of memory: no two of them run at a time.

    Steps that are not recorded run on the same stream, so that nothing that autograd or a library
    keeps from them belongs to another one.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)
        self._pool = torch.cuda.graph_pool_handle()

    @contextmanager
    def stream(self) -> Iterator[None]:
        """A stream of their own: the usual one cannot be recorded."""
        outside = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(outside)
        with torch.cuda.stream(self._stream):
            yield
        outside.wait_stream(self._stream)

    def capture(self, work: Callable[[], Sums]) -> Callable[[], Sums]:
        """Record the kernels that `work` launches."""
        index = torch.cuda.current_device()
        generator = torch.cuda.default_generators[index]
        before = generator.clone_state()
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, self._pool, self._stream):
                sums = work()
        except RuntimeError:
            # The generator of a recording that broke off would refuse to draw outside of one.
            generator.graphsafe_set_state(before)
            raise

        def replay() -> Sums:
            graph.replay()
            return sums

        return replay
