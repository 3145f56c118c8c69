# What all rules share: the study, the paths, the wildcards, and how inputs are named.
import re
import sys

sys.path.insert(0, workflow.basedir)

from clseave_core.study.code import core_modules
from clseave_core.study.environment import set_job_environment
from clseave_core.study.loading import NOT_OF_A_STUDY, deciding, load_study
from clseave_core.study.reuse import check_reuse
from clseave_core.study.sources import Sources

STUDY = config["study"]
OVERRIDES = {key: value for key, value in config.items() if key not in NOT_OF_A_STUDY}
# From here on `config` holds the complete study.
config.update(load_study(STUDY, OVERRIDES))
sources = Sources(STUDY, config, config["resources"])
config["translation"] = sources.translation
config["downloads"] = sources.downloads
check_reuse(STUDY, config, OVERRIDES)

set_job_environment(workflow.basedir)


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
    teacher="|".join(config["teachers"]),
    method="|".join(config["methods"]),
    seed="|".join(map(str, config["seeds"])),
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


def without_training(section):
    """The entries of `methods` or `teachers` without their trainings: what a table shows of them."""
    return {
        name: {key: value for key, value in entry.items() if key != "training"}
        for name, entry in section.items()
    }


def teacher_file(name):
    """A file of the teacher that the wildcards name, directly or through their method."""

    def path(wildcards):
        teacher = (
            getattr(wildcards, "teacher", None) or config["methods"][wildcards.method]["teacher"]
        )
        return f"{stage('teacher')}/{teacher}/seed{wildcards.seed}/{name}"

    return path


def image_embeddings(wildcards):
    """The image embeddings that a teacher or a method reads; none for a constant premise."""
    teacher = getattr(wildcards, "teacher", None) or config["methods"][wildcards.method]["teacher"]
    if config["teachers"][teacher].get("premise") == "constant":
        return []
    return f"{stage('teacher')}/{sources.image_owner(teacher)}/images.arrow"


def sentence_embeddings(wildcards):
    """The embeddings that a method gives its sentences: its student's, or the teacher's own."""
    if "student" not in config["methods"][wildcards.method]:
        return teacher_file("hypotheses.arrow")(wildcards)
    return "<results>/students/{method}/{lang}/seed{seed}/hypotheses.arrow"


def of_every_run(pattern):
    """Paths of all methods, their languages, seeds and test sets."""
    return [
        path
        for method in config["methods"]
        for path in expand(
            pattern,
            method=method,
            lang=sources.languages_of(method),
            seed=config["seeds"],
            testset=config["testsets"],
        )
    ]
