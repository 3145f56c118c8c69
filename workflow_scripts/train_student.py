"""Teach one language's student the teacher's sentence embeddings."""

from pathlib import Path

from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.embeddings import Embeddings
from clseave_core.files import read_table
from clseave_core.models.clip_ve import load_classifier
from clseave_core.run import start
from clseave_core.students.distillation import Architecture, distil
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings
from clseave_core.translation.schemas import TRANSLATIONS

if __name__ == "__main__":
    with start(snakemake) as state:
        source, params = snakemake.input, snakemake.params
        method = snakemake.config["methods"][snakemake.wildcards.method]
        settings = TrainingSettings.from_study(method["training"])
        hypotheses = read_table(source.hypotheses, HYPOTHESES, ["held_out"])
        distil(
            encoder_folder=Path(source.encoder),
            translations=read_table(source.translation, TRANSLATIONS, ["text"])["text"].tolist(),
            targets=Embeddings.open(source.targets),
            held_out=(hypotheses["held_out"] != "none").to_numpy(),
            train_pairs=Pairs.read(source.train),
            dev_pairs=Pairs.read(source.dev),
            images=Embeddings.open(source.images),
            classifier=load_classifier(source.teacher),
            architecture=Architecture.from_study(params.student),
            settings=settings,
            seed=int(snakemake.wildcards.seed),
            compute=Compute(settings.precision, params.threads),
            state_folder=state,
            model_folder=Path(snakemake.output.model),
            hypotheses_file=Path(snakemake.output.hypotheses),
            history_file=Path(snakemake.output.history),
        )
