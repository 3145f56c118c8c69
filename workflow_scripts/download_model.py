"""Fetch a pretrained model from the Hugging Face hub."""

import os

# Jobs run offline and without bars (rules/common.smk); this one as the user has it. The hub's
# library reads the variables when it is imported.
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_HUB_OFFLINE_OF_USER"]
del os.environ["HF_HUB_DISABLE_PROGRESS_BARS"]

from clseave_core.corpus.hub import fetch_model
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        model = snakemake.params.model
        fetch_model(model["id"], model.get("revision", "main"), snakemake.output.model)
