# What all rules share: the study, its paths and wildcards, and what a job may use.
import os
import re
import sys

sys.path.insert(0, workflow.basedir)

from clseave_core.garbage import search_rarely
from clseave_core.study.folder_names import refuse_folders, refuse_paths

refuse_folders(os.getcwd(), workflow.basedir, sys.executable)
refuse_paths({"config.yaml, resources": str(config["resources"])})
search_rarely()  # a seventh of a dry run

from clseave_core.report.figures.names import FIGURES
from clseave_core.report.figures.pictured import pictured_methods
from clseave_core.report.page.template_files import template_files
from clseave_core.report.published import data_files
from clseave_core.report.table_names import TABLES
from clseave_core.study.code import core_modules
from clseave_core.study.environment import set_job_environment
from clseave_core.study.loading import NOT_OF_A_STUDY, deciding, load_study
from clseave_core.study.reuse import check_reuse
from clseave_core.study.sources import ALL_LANGUAGES, Sources

STUDY = config["study"]
OVERRIDES = {key: value for key, value in config.items() if key not in NOT_OF_A_STUDY}
# From here on `config` holds the complete study.
config.update(load_study(STUDY, OVERRIDES))
sources = Sources(STUDY, config, config["resources"])
config["translation"] = sources.translation
config["downloads"] = sources.downloads
check_reuse(STUDY, config, OVERRIDES)

set_job_environment(workflow.basedir, workflow.global_resources.get("gpu").value)


pathvars:
    results=f"results/{STUDY}",
    resources=config["resources"],
    generated=sources.generated,
    logs=f"results/{STUDY}/logs",
    benchmarks=f"results/{STUDY}/benchmarks",


wildcard_constraints:
    split="|".join(sources.splits),
    testset="|".join(config["testsets"]),
    lang="|".join(["en", *config["languages"]]),
    shard=r"\d+",
    noise=r"0\.\d+",
    teacher="|".join(config["teachers"]),
    method="|".join(config["methods"]),
    seed="|".join(map(str, config["seeds"])),
    autoencoder="|".join(config.get("autoencoders", {})) or "none",
    encoder="|".join(sources.frozen_encoders) or "none",
    clip="|".join(sources.generated_clips) or "none",
    comparison="|".join(config.get("comparisons", {})) or "none",
    figure="|".join(FIGURES),
    table="|".join(TABLES),
    file="|".join(map(re.escape, sources.downloads)) or "none",
    repository="|".join(map(re.escape, sources.repositories)) or "none",


def core(script):
    """The modules of clseave_core that decide what a script writes."""
    return core_modules(f"workflow_scripts/{script}.py", workflow.basedir)


def stage(name):
    """The folder of a stage: this study's, or that of the study it is reused from."""
    return f"results/{config.get('reuse', {}).get(name, STUDY)}/{name}"


def memory(job):
    """Megabytes that a kind of job asks for: more at each attempt."""
    return lambda wildcards, attempt: config["compute"][job]["mem_mb"] * attempt


def minutes(job):
    """Minutes that a kind of job asks for: more at each attempt."""
    return lambda wildcards, attempt: config["compute"][job]["runtime"] * attempt


def threads_of(job):
    """Threads of a kind of job; they decide the last bits of its numbers."""
    return config["compute"][job]["threads"]


def one_of(names):
    """A wildcard's pattern for exactly these names."""
    return "|".join(names) or "none"
