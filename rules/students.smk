# Students, of a language each or of all: they learn the teacher's embeddings from translations.


rule embed_sentences:
    input:
        code=core("embed_sentences"),
        model=lambda wildcards: sources.model(wildcards.encoder) or [],
        sentences=lambda wildcards: texts_of(wildcards.lang),
        after=pictures_first,
    output:
        embeddings="<results>/students/frozen/{encoder}/{lang}.arrow",
    log:
        "<logs>/embed_sentences/{encoder}/{lang}.log",
    benchmark:
        "<benchmarks>/embed_sentences/{encoder}/{lang}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("predict")
    resources:
        mem_mb=memory("predict"),
        runtime=minutes("predict"),
    params:
        threads=threads_of("predict"),
    script:
        "../workflow_scripts/embed_sentences.py"


rule train_student:
    input:
        code=core("train_student"),
        encoder=encoder_folder,
        kept=texts_to_keep,
        sentences=frozen_embeddings,
        english=english_embeddings,
        naming=naming,
        train="<results>/corpus/train.parquet",
        dev="<results>/corpus/dev.parquet",
        hypotheses="<results>/corpus/hypotheses.parquet",
        translation=method_translation("in_training"),
        targets=teacher_file("hypotheses.arrow"),
        teacher=teacher_file("model"),
        images=image_embeddings,
        alignment=method_alignment,
        autoencoder=method_autoencoder,
    output:
        model=directory("<results>/students/{method}/{lang}/seed{seed}/model"),
        history="<results>/students/{method}/{lang}/seed{seed}/history.csv",
        hypotheses="<results>/students/{method}/{lang}/seed{seed}/hypotheses.arrow",
    log:
        "<logs>/train_student/{method}/{lang}/seed{seed}.log",
    benchmark:
        "<benchmarks>/train_student/{method}/{lang}/seed{seed}.tsv"
    wildcard_constraints:
        method=one_of(name for name in config["methods"] if not sources.is_read_out(name)),
    # Before predictions and scores, which fill what is left at the end
    priority: 1
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        gpu=1,
        mem_mb=memory("train"),
        runtime=minutes("train"),
    params:
        objective=lambda wildcards: learnt(config["methods"][wildcards.method]),
        training=lambda wildcards: deciding(config["methods"][wildcards.method]["training"]),
        student=lambda wildcards: config["students"][config["methods"][wildcards.method]["student"]],
        threads=threads_of("train"),
    script:
        "../workflow_scripts/train_student.py"


# One student of all languages that a method names; embed_hypotheses reads each with it.
rule train_joint_student:
    input:
        code=core("train_joint_student"),
        encoder=encoder_folder,
        kept=texts_to_keep,
        naming=naming,
        train="<results>/corpus/train.parquet",
        dev="<results>/corpus/dev.parquet",
        hypotheses="<results>/corpus/hypotheses.parquet",
        translations=joint_translations,
        targets=teacher_file("hypotheses.arrow"),
        teacher=teacher_file("model"),
        images=image_embeddings,
    output:
        model=directory("<results>/students/{method}/all/seed{seed}/model"),
        history="<results>/students/{method}/all/seed{seed}/history.csv",
    log:
        "<logs>/train_joint_student/{method}/seed{seed}.log",
    benchmark:
        "<benchmarks>/train_joint_student/{method}/seed{seed}.tsv"
    wildcard_constraints:
        method=one_of(name for name in config["methods"] if is_joint(name)),
    priority: 1
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        gpu=1,
        mem_mb=memory("train"),
        runtime=lambda wildcards, attempt: (
            minutes("train")(wildcards, attempt) * len(sources.languages_of(wildcards.method))
        ),
    params:
        objective=lambda wildcards: learnt(config["methods"][wildcards.method]),
        training=lambda wildcards: deciding(config["methods"][wildcards.method]["training"]),
        student=lambda wildcards: config["students"][config["methods"][wildcards.method]["student"]],
        threads=threads_of("train"),
    script:
        "../workflow_scripts/train_joint_student.py"


# A student that another method has trained, or one of all languages: with another head or another
# pooling, or in one of its languages.
rule embed_hypotheses:
    input:
        code=core("embed_hypotheses"),
        model=trained_student,
        translation=method_translation("at_test"),
        sentences=frozen_embeddings,
        teacher=teacher_file("model"),
        autoencoder=method_autoencoder,
        english=of_retrieval(english_embeddings),
        targets=of_retrieval(teacher_file("hypotheses.arrow")),
        train=of_retrieval("<results>/corpus/train.parquet"),
        hypotheses=of_retrieval("<results>/corpus/hypotheses.parquet"),
        naming=of_retrieval(naming),
    output:
        hypotheses="<results>/students/{method}/{lang}/seed{seed}/hypotheses.arrow",
    log:
        "<logs>/embed_hypotheses/{method}/{lang}/seed{seed}.log",
    benchmark:
        "<benchmarks>/embed_hypotheses/{method}/{lang}/seed{seed}.tsv"
    wildcard_constraints:
        method=one_of(name for name in config["methods"] if sources.is_read_out(name)),
    conda:
        "../environment.yaml"
    threads: threads_of("predict")
    resources:
        gpu=1,
        mem_mb=memory("predict"),
        runtime=minutes("predict"),
    params:
        readout=lambda wildcards: config["methods"][wildcards.method].get("readout", "direct"),
        pooling=lambda wildcards: config["methods"][wildcards.method].get("pooling_at_test"),
        retrieval=lambda wildcards: config["methods"][wildcards.method].get("retrieval"),
        objective=lambda wildcards: learnt(config["methods"][wildcards.method]),
        threads=threads_of("predict"),
    script:
        "../workflow_scripts/embed_hypotheses.py"
