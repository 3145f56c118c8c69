"""Write what one method says about every pair of a test set, in one language, and score it."""

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.evaluation.prediction import predict
from clseave_core.evaluation.recalibration import move_statistics
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.evaluation.scores import score_predictions
from clseave_core.files import write_json, write_table
from clseave_core.models.clip_ve import load_classifier
from clseave_core.run import start
from clseave_core.training.device import Compute

if __name__ == "__main__":
    with start(snakemake):
        source, params, output = snakemake.input, snakemake.params, snakemake.output
        seed = int(snakemake.wildcards.seed)
        compute = Compute("fp32", params.threads)
        pairs = Pairs.read(source.pairs)
        sentences = Embeddings.open(source.sentences)
        images = Embeddings.open(source.images) if source.get("images") else None
        classifier = load_classifier(source.classifier)
        if source.get("train"):
            train = Pairs.read(source.train)
            move_statistics(classifier, train, images, sentences, params.batch_size, seed, compute)
        predictions = predict(
            pairs,
            images,
            classifier,
            sentences,
            compute,
            exchange_seed=seed if params.premise == "shuffled" else None,
            draws=params.draws,
        )
        write_table(output.predictions, predictions, PREDICTIONS)
        scores = score_predictions(output.predictions, source.hypotheses, **params.evaluation)
        write_json(output.scores, scores)
