"""The one training loop: teacher, students and rivals differ only in their `Task`."""

import logging
import math
import time
from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from clseave_core.progress import Progress
from clseave_core.training.device import Compute
from clseave_core.training.graphs import CudaRecorder, GraphedSteps, Sums
from clseave_core.training.history import Row, event_writer
from clseave_core.training.planning import PlannedBatch
from clseave_core.training.schedule import rate_factor
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import TrainingState, optimizer_tensors, restore_optimizer

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_SAVED_EPOCHS = 5.0
"""Of epochs that end sooner after a saved one only the last and a new best one are saved."""


class Task(Protocol):
    """What is trained and on what."""

    @property
    def model(self) -> nn.Module:
        """What is trained."""
        ...

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Parameters for the optimiser, with their own `lr` where they have one."""
        ...

    def batches(self, epoch: int) -> list[Any]:
        """The batches of an epoch (1-based): each example once, the same at every call.

        Their `len` is that of their examples. Steps of a `PlannedBatch` can be recorded on a GPU.
        """
        ...

    def loss(self, batch: Any) -> tuple[Tensor, dict[str, Tensor]]:
        """The mean loss over the batch, and sums over it of further quantities to report."""
        ...

    def evaluate(self) -> dict[str, float]:
        """Measures with the model in eval mode; `dev_loss` among them decides."""
        ...


def train(
    task: Task, settings: TrainingSettings, compute: Compute, state: TrainingState
) -> list[Row]:
    """Train `task.model` in place and return its history; it ends with the weights to keep.

    Goes on from `state` when that holds a saved point of this very training, and then gives the
    same weights as a training that was never interrupted (on a CPU, bit for bit). Raises
    FloatingPointError when the loss is no longer a number.
    """
    if settings.tensorboard:
        event_writer()  # better missing now than after hours
    return _Training(task, settings, compute, state).run()


class _Training:
    def __init__(
        self, task: Task, settings: TrainingSettings, compute: Compute, state: TrainingState
    ) -> None:
        self.task, self.settings, self.compute, self.state = task, settings, compute, state
        self.model = task.model
        graphed = settings.cuda_graphs and compute.fixed_shapes and settings.accumulation == 1
        kind = torch.optim.AdamW if settings.optimizer == "adamw" else torch.optim.Adam
        self.optimizer = kind(
            task.parameter_groups(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
            capturable=graphed,
        )
        self.base_rates = [group["lr"] for group in self.optimizer.param_groups]
        self.graphs: GraphedSteps | None = None
        if graphed:
            self.graphs = GraphedSteps(self._learn_planned, CudaRecorder(compute.device))
            for group in self.optimizer.param_groups:
                group["lr"] = torch.tensor(group["lr"], device=compute.device)
        steps_per_epoch = math.ceil(len(self._batches(1)) / settings.accumulation)
        self.planned_steps = steps_per_epoch * settings.schedule_epochs
        self.warmup_steps = int(settings.warmup * self.planned_steps)

        self.history: list[Row] = []
        self.epoch, self.batch, self.step = 1, 0, 0
        self.seconds, self.saved = 0.0, time.monotonic()
        self.sums: dict[str, Tensor] = {}
        self.best_loss, self.best_epoch, self.since_best = math.inf, 0, 0
        self._resume()

    def run(self) -> list[Row]:
        while self.epoch <= self.settings.epochs and not self._is_stopped():
            self._train_epoch()
            self._close_epoch()
        if self.settings.keep == "best":
            self.model.load_state_dict(self.state.load_best())
            logger.info("keeping the weights of epoch %d", self.best_epoch)
        return self.history

    def _is_stopped(self) -> bool:
        patience = self.settings.patience
        return patience is not None and self.since_best >= patience

    def _batches(self, epoch: int) -> list[Any]:
        """The batches of an epoch, or the first of them where the settings end it before."""
        steps = self.settings.steps_per_epoch
        return self.task.batches(epoch)[: steps and steps * self.settings.accumulation]

    def _train_epoch(self) -> None:
        self.model.train()
        batches = self._batches(self.epoch)
        accumulation = self.settings.accumulation
        started = time.monotonic()
        examples = sum(len(batch) for batch in batches)
        with Progress(f"epoch {self.epoch} of {self.settings.epochs}", examples, "pairs") as bar:
            bar.advance(sum(len(batch) for batch in batches[: self.batch]))
            while self.batch < len(batches):
                part = batches[self.batch : self.batch + accumulation]
                self._take_step(part)
                self.batch += len(part)
                bar.advance(sum(len(batch) for batch in part))
                if time.monotonic() - self.saved > self.settings.save_every_seconds:
                    self.compute.wait()
                    now = time.monotonic()
                    self.seconds += now - started
                    self._save()
                    started = time.monotonic()
        self.compute.wait()
        self.seconds += time.monotonic() - started

    def _take_step(self, batches: list[Any]) -> None:
        """One optimiser step over `batches`."""
        factor = self._rate_factor(self.step)
        for group, rate in zip(self.optimizer.param_groups, self.base_rates, strict=True):
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate * factor)
            else:
                group["lr"] = rate * factor
        if self.graphs and isinstance(batches[0], PlannedBatch):
            self._add(self.graphs(batches[0]))
        else:
            for sums in self._learn(batches):
                self._add(sums)
        self._add({"examples": sum(len(batch) for batch in batches)})
        self.step += 1

    def _learn_planned(self, batch: PlannedBatch) -> Sums:
        [sums] = self._learn([batch])
        return sums

    def _learn(self, batches: list[Any]) -> list[Sums]:
        """Gradient and update, where every example weighs the same; the sums of each batch."""
        self.optimizer.zero_grad(set_to_none=True)
        examples = sum(len(batch) for batch in batches)
        found = []
        for batch in batches:
            loss, sums = self.task.loss(batch)
            (loss * (len(batch) / examples)).backward()
            found.append({"loss": loss.detach() * len(batch), **sums})
        if self.settings.clip_norm is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self.optimizer.step()
        return found

    def _rate_factor(self, step: int) -> float:
        settings = self.settings
        return rate_factor(step, self.planned_steps, self.warmup_steps, settings.schedule)

    def _add(self, sums: Mapping[str, Tensor | int]) -> None:
        """Add up on the device, so that no step waits for a number."""
        for name, value in sums.items():
            if name not in self.sums:
                device = self.compute.device
                self.sums[name] = torch.zeros((), dtype=torch.float64, device=device)
            self.sums[name] += value

    def _close_epoch(self) -> None:
        examples = float(self.sums.pop("examples"))
        means = {f"train_{name}": float(total) / examples for name, total in self.sums.items()}
        if not math.isfinite(means["train_loss"]):
            raise FloatingPointError(
                f"the training loss is {means['train_loss']} in epoch {self.epoch}. "
                "Lower the learning rate, set clip_norm, or use precision fp32."
            )
        row: Row = {
            "epoch": self.epoch,
            "step": self.step,
            # Not the optimiser's: a training that goes on from after its last step has none yet.
            "learning_rate": self.base_rates[0] * self._rate_factor(self.step - 1),
            **means,
        }
        is_last = self.epoch == self.settings.epochs
        if is_last or self.epoch % self.settings.evaluate_every == 0:
            row |= self._evaluate()
        row["seconds"] = self.seconds
        row["pairs_per_second"] = examples / max(self.seconds, 1e-9)
        self.history.append(row)
        logger.info("%s", ", ".join(f"{k} {v:.6g}" for k, v in row.items() if v is not None))
        is_best = self.settings.keep == "best" and self.best_epoch == self.epoch
        self.epoch, self.batch, self.seconds, self.sums = self.epoch + 1, 0, 0.0, {}
        apart = min(SECONDS_BETWEEN_SAVED_EPOCHS, self.settings.save_every_seconds)
        if is_last or is_best or time.monotonic() - self.saved >= apart:
            self._save()

    def _evaluate(self) -> dict[str, float]:
        self.model.train(self.settings.validation_dropout)
        measures = self.task.evaluate()
        if not math.isfinite(measures["dev_loss"]):
            raise FloatingPointError(
                f"the dev loss is {measures['dev_loss']} after epoch {self.epoch}. "
                "Lower the learning rate, set clip_norm, or use precision fp32."
            )
        if measures["dev_loss"] < self.best_loss:
            self.best_loss, self.best_epoch, self.since_best = measures["dev_loss"], self.epoch, 0
            if self.settings.keep == "best":
                self.state.save_best(self.model.state_dict())
        else:
            self.since_best += 1
        return measures

    def _save(self) -> None:
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        tensors |= optimizer_tensors(self.optimizer)
        tensors |= {f"sums.{name}": value for name, value in self.sums.items()}
        tensors |= {f"random.{name}": value for name, value in self.compute.random_state().items()}
        position = {
            "epoch": self.epoch, "batch": self.batch, "step": self.step, "seconds": self.seconds,
            "best_loss": self.best_loss, "best_epoch": self.best_epoch,
            "since_best": self.since_best, "history": self.history,
        }  # fmt: skip
        self.state.save(tensors, position)
        self.saved = time.monotonic()

    def _resume(self) -> None:
        saved = self.state.load()
        if saved is None:
            return
        tensors, position = saved
        self.model.load_state_dict(_under(tensors, "model."))
        restore_optimizer(self.optimizer, tensors)
        self.sums = {k: v.to(self.compute.device) for k, v in _under(tensors, "sums.").items()}
        self.compute.restore_random_state(_under(tensors, "random."))
        self.epoch, self.batch, self.step = (position[k] for k in ("epoch", "batch", "step"))
        self.seconds, self.history = position["seconds"], position["history"]
        self.best_loss, self.best_epoch = position["best_loss"], position["best_epoch"]
        self.since_best = position["since_best"]
        logger.info("going on from the saved point: epoch %d, batch %d", self.epoch, self.batch)


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
