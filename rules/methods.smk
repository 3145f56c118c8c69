# Which files the teachers, students and methods of a study read.


def is_frozen(method):
    """Whether the student of a method has a frozen encoder."""
    return config["methods"][method].get("student") in sources.frozen_students


def is_joint(method):
    """Whether a method has one student for all of its languages."""
    return config["methods"][method].get("joint", False)


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


def encoder_folder(wildcards):
    """The model that a student starts from; a frozen one has read the sentences before."""
    student = config["students"][config["methods"][wildcards.method]["student"]]
    return [] if is_frozen(wildcards.method) else sources.model(student["model"])


def texts_of(lang):
    """The sentences of a language: the English ones, or their translations."""
    if lang == "en":
        return "<results>/corpus/hypotheses.parquet"
    return f"{stage('translation')}/{lang}.parquet"


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


def trained_student(wildcards):
    """The student that a method reads: its own, or one that another method trained."""
    method = config["methods"][wildcards.method].get("trained_as", wildcards.method)
    lang = sources.trained_in(wildcards.method, wildcards.lang)
    return f"<results>/students/{method}/{lang}/seed{{seed}}/model"


def sentence_embeddings(wildcards):
    """The embeddings that a method gives its sentences: its student's, or the teacher's own."""
    entry = config["methods"][wildcards.method]
    if entry["setting"] in ("translate_test", "round_trip"):
        return "<results>/teacher/back_translated/{method}/{lang}/seed{seed}/hypotheses.arrow"
    if "student" not in entry:
        return teacher_file("hypotheses.arrow")(wildcards)
    method = wildcards.method
    if not sources.is_read_out(method):
        method = entry.get("trained_as", method)
    return f"<results>/students/{method}/{{lang}}/seed{{seed}}/hypotheses.arrow"


def classifier_folder(wildcards):
    """The model folder with the classifier of a method: its student's own, or the teacher's."""
    entry = config["methods"][wildcards.method]
    if entry.get("objective") == "cross_entropy":
        return trained_student(wildcards)
    return teacher_file("model")(wildcards)


def moving_statistics(wildcards):
    """The pairs over which a classifier's running statistics go on before the test, if they do."""
    moving = config["methods"][wildcards.method].get("batch_norm") == "moving"
    return "<results>/corpus/train.parquet" if moving else []


def statistics_batch(wildcards):
    """The size of the batches for `moving_statistics`: that of the teacher's training."""
    entry = config["methods"][wildcards.method]
    moving = entry.get("batch_norm") == "moving"
    return config["teachers"][entry["teacher"]]["training"]["batch_size"] if moving else None


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
