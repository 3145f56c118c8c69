"""Teach one language's student the teacher's sentence embeddings, or its token states."""

from pathlib import Path

from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.embeddings import Embeddings
from clseave_core.files import read_table
from clseave_core.run import start
from clseave_core.students import teaching
from clseave_core.students.vocabulary import encoder_to_train
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings

if __name__ == "__main__":
    source, made, params = snakemake.input, snakemake.output, snakemake.params
    with start(snakemake) as state:
        method, seed = snakemake.wildcards.method, int(snakemake.wildcards.seed)
        settings = TrainingSettings.from_study(snakemake.config["methods"][method]["training"])
        compute = Compute(settings.precision, params.threads)
        with encoder_to_train(source.encoder, source.kept, state) as encoder:
            hypotheses = read_table(source.hypotheses, HYPOTHESES, ["text", "held_out"])
            files = (source.alignment, source.autoencoder, source.teacher)
            teaching.train_student(
                sentences=teaching.read_sentences(source.sentences, encoder, source.translation),
                english=Embeddings.open(source.english) if source.english else None,
                targets=Embeddings.open(source.targets),
                held_out=teaching.never_taught(hypotheses, source.naming, params.objective, seed),
                train_pairs=Pairs.read(source.train),
                dev_pairs=Pairs.read(source.dev),
                images=Embeddings.open(source.images) if source.get("images") else None,
                classifier=teaching.teachers_classifier(params.objective, source.teacher),
                architecture=teaching.Architecture.from_study(params.student),
                alignment=teaching.TokenAlignment.of_method(params.objective, hypotheses, *files),
                pooling_at_test=params.objective.get("pooling_at_test"),
                settings=settings, seed=seed, compute=compute, state_folder=state,
                model_folder=Path(made.model), hypotheses_file=Path(made.hypotheses),
                history_file=Path(made.history),
            )  # fmt: skip
