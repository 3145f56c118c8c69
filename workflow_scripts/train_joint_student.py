"""Teach one student of all languages the teacher's sentence embeddings."""

from pathlib import Path

from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.embeddings import Embeddings
from clseave_core.files import read_table
from clseave_core.models.clip_ve import load_classifier
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
            teaching.train_student(
                sentences=teaching.read_languages(encoder, source.translations),
                targets=Embeddings.open(source.targets),
                held_out=teaching.never_taught(hypotheses, source.naming, params.objective, seed),
                train_pairs=Pairs.read(source.train),
                dev_pairs=Pairs.read(source.dev),
                images=Embeddings.open(source.images) if source.get("images") else None,
                classifier=load_classifier(source.teacher),
                architecture=teaching.Architecture.from_study(params.student),
                alignment=None,
                pooling_at_test=None,
                settings=settings,
                seed=seed,
                compute=compute,
                state_folder=state,
                model_folder=Path(made.model),
                hypotheses_file=None,
                history_file=Path(made.history),
            )
