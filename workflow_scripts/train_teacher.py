"""Fine-tune CLIP-VE, or one of its controls, and embed every English hypothesis with it."""

from pathlib import Path

from clseave_core.corpus.hypotheses import nameless
from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.embeddings import Embeddings
from clseave_core.files import read_table
from clseave_core.run import start
from clseave_core.teacher.clip_ve import train_clip_ve
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings

if __name__ == "__main__":
    with start(snakemake) as state:
        source, made, params = snakemake.input, snakemake.output, snakemake.params
        teacher = snakemake.config["teachers"][snakemake.wildcards.teacher]
        settings = TrainingSettings.from_study(teacher["training"])
        compute = Compute(settings.precision, params.threads)
        train, dev = Pairs.read(source.train), Pairs.read(source.dev)
        if params.validation_rows:
            train, dev = train.split_rows(params.validation_rows, int(snakemake.wildcards.seed))
        rows = read_table(source.hypotheses, HYPOTHESES, ["text", "spans"])
        train_clip_ve(
            clip_folder=Path(source.model),
            train_pairs=train,
            dev_pairs=dev,
            sentences=nameless(rows) if params.hypothesis == "nameless" else rows["text"].tolist(),
            images=Embeddings.open(source.images) if source.get("images") else None,
            hypothesis="constant" if params.hypothesis == "constant" else "text",
            settings=settings,
            seed=int(snakemake.wildcards.seed),
            compute=compute,
            state_folder=state,
            model_folder=Path(made.model),
            hypotheses_file=Path(made.hypotheses),
            history_file=Path(made.history),
        )
