"""Train the multilingual autoencoder on the aligned words of all languages."""

from pathlib import Path

from clseave_core.alignment.autoencoder import AlignedTexts, train_autoencoder
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.corpus.training_rows import training_rows
from clseave_core.files import read_json, read_table
from clseave_core.run import start
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings

if __name__ == "__main__":
    with start(snakemake) as state:
        source, made, params = snakemake.input, snakemake.output, snakemake.params
        section = snakemake.config["autoencoders"][snakemake.wildcards.autoencoder]
        settings = TrainingSettings.from_study(section["training"])
        compute = Compute(settings.precision, params.threads)
        files = zip(source.translations, source.alignments, strict=True)
        texts = {name: AlignedTexts.read(name, links) for name, links in files}
        clip = read_json(Path(source.clip) / "config.json")
        train, dev = training_rows(source.hypotheses, source.train, source.dev)
        train_autoencoder(
            encoder_folder=Path(source.encoder),
            english=read_table(source.hypotheses, HYPOTHESES, ["text"])["text"].tolist(),
            languages=texts,
            teacher_width=clip["text_config"]["hidden_size"],
            train_hypotheses=train,
            dev_hypotheses=dev,
            activation=params.activation,
            settings=settings,
            seed=int(snakemake.wildcards.seed),
            compute=compute,
            state_folder=state,
            model_folder=Path(made.model),
            history_file=Path(made.history),
        )
