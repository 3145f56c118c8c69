# The English model: each picture embedded once, then CLIP-VE and its controls fine-tuned.


rule embed_images:
    input:
        code=core("embed_images"),
        model=lambda wildcards: sources.model(config["teachers"][wildcards.teacher]["model"]),
        pictures=sources.pictures,
        pairs=expand("<results>/corpus/{split}.parquet", split=sources.splits),
    output:
        embeddings="<results>/teacher/{teacher}/images.arrow",
        report="<results>/teacher/{teacher}/images.json",
    log:
        "<logs>/embed_images/{teacher}.log",
    benchmark:
        "<benchmarks>/embed_images/{teacher}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("embed")
    resources:
        gpu=1,
        mem_mb=memory("embed"),
        runtime=minutes("embed"),
        workers=config.get("images", {}).get("workers", 1),
        batch_size=config.get("images", {}).get("batch_size", 64),
    params:
        image_tower=lambda wildcards: config["teachers"][wildcards.teacher].get(
            "image_tower", "pretrained"
        ),
        precision=config.get("images", {}).get("precision", "auto"),
        seed=sources.world_seed,
        threads=threads_of("embed"),
    script:
        "../workflow_scripts/embed_images.py"


rule train_teacher:
    input:
        code=core("train_teacher"),
        model=lambda wildcards: sources.model(config["teachers"][wildcards.teacher]["model"]),
        train="<results>/corpus/train.parquet",
        dev="<results>/corpus/dev.parquet",
        hypotheses="<results>/corpus/hypotheses.parquet",
        images=image_embeddings,
        after=pictures_first,
    output:
        model=directory("<results>/teacher/{teacher}/seed{seed}/model"),
        history="<results>/teacher/{teacher}/seed{seed}/history.csv",
        hypotheses="<results>/teacher/{teacher}/seed{seed}/hypotheses.arrow",
    log:
        "<logs>/train_teacher/{teacher}/seed{seed}.log",
    benchmark:
        "<benchmarks>/train_teacher/{teacher}/seed{seed}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        gpu=1,
        mem_mb=memory("train"),
        runtime=minutes("train"),
    params:
        premise=lambda wildcards: config["teachers"][wildcards.teacher].get("premise", "image"),
        hypothesis=lambda wildcards: config["teachers"][wildcards.teacher].get("hypothesis", "text"),
        validation_rows=lambda wildcards: config["teachers"][wildcards.teacher].get(
            "validation_rows"
        ),
        training=lambda wildcards: deciding(config["teachers"][wildcards.teacher]["training"]),
        threads=threads_of("train"),
    script:
        "../workflow_scripts/train_teacher.py"


# Translate-test: the English model on what comes back of the translations.
rule embed_back_translations:
    input:
        code=core("embed_back_translations"),
        model=teacher_file("model"),
        english="<results>/corpus/hypotheses.parquet",
        back_translations=back_translations,
    output:
        hypotheses="<results>/teacher/back_translated/{method}/{lang}/seed{seed}/hypotheses.arrow",
    log:
        "<logs>/embed_back_translations/{method}/{lang}/seed{seed}.log",
    benchmark:
        "<benchmarks>/embed_back_translations/{method}/{lang}/seed{seed}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("predict")
    resources:
        gpu=1,
        mem_mb=memory("predict"),
        runtime=minutes("predict"),
    params:
        threads=threads_of("predict"),
    script:
        "../workflow_scripts/embed_back_translations.py"
