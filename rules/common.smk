# What all rules share: the study, the paths, the wildcards, and how inputs are named.
import re
import sys

sys.path.insert(0, workflow.basedir)

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


def pictures_first(wildcards):
    """The pictures' embeddings, where making them takes more threads than a training.

    Else what needs no pictures starts as soon as one thread is free, and the job that the teachers
    wait for does not find enough of them before all of that is done.
    """
    if threads_of("embed") <= threads_of("train"):
        return []
    teacher = getattr(wildcards, "teacher", next(iter(config["teachers"])))
    return ancient(f"{stage('teacher')}/{sources.image_owner(teacher)}/images.arrow")


def sentence_embeddings(wildcards):
    """The embeddings that a method gives its sentences: its student's, or the teacher's own."""
    entry = config["methods"][wildcards.method]
    if entry["setting"] in ("translate_test", "round_trip"):
        return "<results>/teacher/back_translated/{method}/{lang}/seed{seed}/hypotheses.arrow"
    if "student" not in entry:
        return teacher_file("hypotheses.arrow")(wildcards)
    method = wildcards.method
    if not is_read_out(method):
        method = entry.get("trained_as", method)
    return f"<results>/students/{method}/{{lang}}/seed{{seed}}/hypotheses.arrow"


def classifier_folder(wildcards):
    """The model folder with the classifier of a method: its student's own, or the teacher's."""
    entry = config["methods"][wildcards.method]
    if entry.get("objective") == "cross_entropy":
        return trained_student(wildcards)
    return teacher_file("model")(wildcards)


def is_frozen(method):
    """Whether the student of a method has a frozen encoder."""
    return config["methods"][method].get("student") in sources.frozen_students


def encoder_folder(wildcards):
    """The model that a student starts from; a frozen one has read the sentences before."""
    student = config["students"][config["methods"][wildcards.method]["student"]]
    return [] if is_frozen(wildcards.method) else sources.model(student["model"])


def texts_to_keep(wildcards):
    """All that is read with a student whose vocabulary is trimmed; nothing for any other."""
    student = config["students"][config["methods"][wildcards.method]["student"]]
    if not student.get("trim_vocabulary"):
        return []
    trained_in = getattr(wildcards, "lang", ALL_LANGUAGES)  # a joint student has no language
    return sorted(
        {
            translation_of(method, lang, when)
            for method, entry in config["methods"].items()
            if wildcards.method in (method, entry.get("trained_as"))
            for lang in sources.languages_of(method)
            if sources.trained_in(method, lang) == trained_in
            for when in ("in_training", "at_test")
        }
    )


def frozen_embeddings(wildcards):
    """The sentences as a frozen encoder reads them; none for other students."""
    if not is_frozen(wildcards.method):
        return []
    model = config["students"][config["methods"][wildcards.method]["student"]]["model"]
    return f"<results>/students/frozen/{model}/{{lang}}.arrow"


def english_embeddings(wildcards):
    """The English sentences as a frozen encoder reads them, where a student learns them too."""
    if not config["methods"][wildcards.method].get("with_english"):
        return []
    return frozen_embeddings(wildcards).format(lang="en")


def naming(wildcards):
    """Which nouns each sentence names, where a student learns some of them only."""
    return sources.naming if "nouns" in config["methods"][wildcards.method] else []


def of_retrieval(source):
    """An input of methods that retrieve English sentences; none for others."""

    def path(wildcards):
        if "retrieval" not in config["methods"][wildcards.method]:
            return []
        return source(wildcards) if callable(source) else source

    return path


def texts_of(lang):
    """The sentences of a language: the English ones, or their translations."""
    if lang == "en":
        return "<results>/corpus/hypotheses.parquet"
    return f"{stage('translation')}/{lang}.parquet"


def one_of(names):
    """A wildcard's pattern for exactly these names."""
    return "|".join(names) or "none"


def is_joint(method):
    """Whether a method has one student for all of its languages."""
    return config["methods"][method].get("joint", False)


def is_read_out(method):
    """Whether a method's embeddings are made after the training of the students that it reads."""
    entry = config["methods"][method]
    return (
        is_joint(method)
        or "trained_as" in entry
        and (
            "readout" in entry
            or "pooling_at_test" in entry
            or "retrieval" in entry
            or entry.get("noise_at_test") != entry.get("noise_in_training")
            or entry["setting"] == "zero_shot"
        )
    )


def translation_of(method, lang, when):
    """The translations into a language that a method reads `in_training` or `at_test`."""
    rate = config["methods"][method].get(f"noise_{when}")
    return f"<results>/translation/noise/{rate}/{lang}.parquet" if rate else texts_of(lang)


def method_translation(when):
    """The translations that a method reads `in_training` or `at_test`; none if it is frozen."""

    def path(wildcards):
        if is_frozen(wildcards.method):
            return []
        return translation_of(wildcards.method, wildcards.lang, when)

    return path


def joint_translations(wildcards):
    """The translations that a joint student learns from, in the order of the languages."""
    return [
        translation_of(wildcards.method, lang, "in_training")
        for lang in sources.languages_of(wildcards.method)
    ]


def back_translations(wildcards):
    """What comes back of the translations that a method of the English model reads."""
    rate = config["methods"][wildcards.method].get("noise_at_test")
    if rate:
        return f"<results>/translation/noise/{rate}/back/{wildcards.lang}.parquet"
    return config["translation"]["back_translations"][wildcards.lang]


def noisy_translations(folder=""):
    """The noisy translations that methods read; with `back/` what they say in English."""
    read = {
        (entry[key], lang)
        for method, entry in config["methods"].items()
        for key in ("noise_in_training", "noise_at_test")
        if entry.get(key)
        for lang in sources.languages_of(method)
    }
    return [
        f"<results>/translation/noise/{rate}/{folder}{lang}.parquet" for rate, lang in sorted(read)
    ]


def learnt(entry):
    """What of a method decides what its student learns, beside its training settings."""
    return {
        key: entry[key]
        for key in (
            "objective",
            "signal",
            "sub_words",
            "pooling_at_test",
            "nouns",
            "with_english",
        )
        if key in entry
    }


def further_tables():
    """The tables of a study beside its accuracy table."""
    names = ["picture_pairs", *config.get("comparisons", {})]
    names += ["language_effects"] if "control_language" in config else []
    names += ["nouns", "noun_questions"] if sources.naming else []
    names += ["sweep"] if config.get("sweep") else []
    names += ["alignment_quality"] if "alignment" in config and sources.is_generated else []
    tables = [f"<results>/tables/{name}.csv" for name in names]
    return ["<results>/comparisons.csv", *tables, "<results>/translation/quality.csv"]


def sampling():
    """How the cluster bootstrap draws: what of the section `evaluation` decides a score."""
    return {key: config["evaluation"][key] for key in ("resamples", "seed")}


def trained_student(wildcards):
    """The student that a method reads: its own, or one that another method trained."""
    method = config["methods"][wildcards.method].get("trained_as", wildcards.method)
    lang = sources.trained_in(wildcards.method, wildcards.lang)
    return f"<results>/students/{method}/{lang}/seed{{seed}}/model"


def method_alignment(wildcards):
    """The aligned words that a token method learns from."""
    entry = config["methods"][wildcards.method]
    if entry.get("objective") != "token_mse":
        return []
    folder = "gold/" if entry.get("alignment") == "gold" else ""
    return f"<results>/alignment/{folder}{{lang}}.parquet"


def method_autoencoder(wildcards):
    """The autoencoder of a token method."""
    name = config["methods"][wildcards.method].get("autoencoder")
    return f"<results>/alignment/autoencoder/{name}/seed{{seed}}/model" if name else []


def clip_of_autoencoder(wildcards):
    """The CLIP whose token states an autoencoder is as wide as: that of its methods' teacher."""
    teachers = {
        method["teacher"]
        for method in config["methods"].values()
        if method.get("autoencoder") == wildcards.autoencoder
    }
    return sources.model(config["teachers"][min(teachers)]["model"])


def moving_statistics(wildcards):
    """The pairs over which a classifier's running statistics go on before the test, if they do."""
    moving = config["methods"][wildcards.method].get("batch_norm") == "moving"
    return "<results>/corpus/train.parquet" if moving else []


def statistics_batch(wildcards):
    """The size of the batches for `moving_statistics`: that of the teacher's training."""
    entry = config["methods"][wildcards.method]
    moving = entry.get("batch_norm") == "moving"
    return config["teachers"][entry["teacher"]]["training"]["batch_size"] if moving else None


def of_every_run(pattern, methods=None):
    """Paths of methods (those of the accuracy table), their languages, seeds and test sets."""
    return [
        path
        for method in (sources.main_methods if methods is None else methods)
        for path in expand(
            pattern,
            method=method,
            lang=sources.languages_of(method),
            seed=config["seeds"],
            testset=config["testsets"],
        )
    ]


def histories_of(methods):
    """The histories of the students that methods train."""
    return [
        path
        for method in methods
        for path in expand(
            "<results>/students/{method}/{lang}/seed{seed}/history.csv",
            method=method,
            lang=sources.students_of(method),
            seed=config["seeds"],
        )
    ]


# The figures: all in one job, as each takes less than a second.


def pictured():
    """The English model, its teacher and the student that most figures show."""
    return pictured_methods(sources.main_methods, config["methods"], config["teachers"])


def of_pictured_runs(pattern):
    """Paths of the pictured methods, English first, on the first test set."""
    name = pattern.replace("{testset}", config["testsets"][0])
    return lambda wildcards: of_every_run(name, pictured().methods)


def pictured_students(wildcards):
    """The histories of the pictured student in each of its languages."""
    return histories_of([pictured().student] if pictured().student else [])
