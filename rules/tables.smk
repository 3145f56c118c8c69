# What scores, tables and figures read: which results, and which sections of the study.


def without_training(section):
    """The entries of `methods` or `teachers` without their trainings: what a table shows of them."""
    return {
        name: {key: value for key, value in entry.items() if key != "training"}
        for name, entry in section.items()
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
