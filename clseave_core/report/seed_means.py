"""What several seeds of one method say together: mean, deviation and the mean's interval."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from statistics import mean, stdev

import numpy as np

from clseave_core.evaluation.intervals import (
    Floats,
    Interval,
    clustered_intervals,
    too_few_clusters,
    wilson_interval,
)
from clseave_core.evaluation.prediction_tables import Predictions, read_predictions
from clseave_core.evaluation.runs import Run


def mean_and_deviation(
    seeds: Sequence[Mapping[str, float | None]], columns: Sequence[str]
) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """Mean and sample standard deviation (n - 1) of `columns` over two or more seeds.

    A column that one of the seeds lacks has neither.
    """
    average: dict[str, float | None] = {}
    deviation: dict[str, float | None] = {}
    for name in columns:
        values = [value for row in seeds if (value := row[name]) is not None]
        if len(values) == len(seeds):
            average[name], deviation[name] = mean(values), stdev(values)
    return average, deviation


def mean_intervals(
    runs: Sequence[Run],
    fingerprints: Mapping[Run, str],
    predictions: Mapping[Run, str],
    resamples: int,
    seed: int,
) -> dict[Run, tuple[Interval, Interval] | None]:
    """Clustered and Wilson interval of the mean accuracy over seeds; None with too few clusters.

    `runs` are in the order of the table; the result is keyed by the first run of each group of
    several seeds. A pair counts with the share of seeds that have it right, so that resampling
    pictures and sentences keeps all seeds of a pair together. Raises ValueError where the
    predictions of a seed are missing or are not the pairs of `fingerprints`, those of the scores.
    """
    result: dict[Run, tuple[Interval, Interval] | None] = {}
    for _, of_testset in groupby(runs, key=lambda run: run.testset):
        groups = [list(group) for _, group in groupby(of_testset, key=lambda run: run[:-1])]
        several = [group for group in groups if len(group) > 1]
        if not several:
            continue
        right: list[Floats] = []
        for group in several:
            seeds = [_read(run, fingerprints, predictions) for run in group]
            right.append(np.mean([said.right for said in seeds], axis=0))
        pairs = seeds[0].pairs
        if too_few_clusters(pairs["image_id"], pairs["hypothesis_id"]):
            result |= dict.fromkeys(group[0] for group in several)
            continue
        clustered = clustered_intervals(
            np.stack(right),
            pairs["image_id"],
            pairs["hypothesis_id"],
            resamples=resamples,
            seed=seed,
        )
        for group, shares, interval in zip(several, right, clustered, strict=True):
            wilson = wilson_interval(float(shares.sum()), len(shares))
            result[group[0]] = (interval, wilson)
    return result


def _read(run: Run, fingerprints: Mapping[Run, str], predictions: Mapping[Run, str]) -> Predictions:
    """The predictions of a run, without logits, checked against the fingerprint of its scores."""
    if run not in predictions:
        raise ValueError(
            f"seed {run.seed} of {run.method} in {run.language} on {run.testset} has scores but no "
            "predictions, which the interval of a mean over seeds needs. Give those of every seed."
        )
    said = read_predictions(predictions[run], with_logits=False)
    if said.fingerprint != fingerprints[run]:
        raise ValueError(
            f"{said.path} does not hold the pairs that its scores are about. Delete the scores to "
            "have them made again."
        )
    return said
