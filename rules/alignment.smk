# Which words of a translation say which English words, and the autoencoder between their states.


rule align_words:
    input:
        code=core("align_words"),
        model=lambda wildcards: sources.model(config["alignment"]["model"]),
        hypotheses="<results>/corpus/hypotheses.parquet",
        translation=f"{stage('translation')}/{{lang}}.parquet",
    output:
        alignment=temp("<results>/alignment/shards/{lang}/{shard}.parquet"),
    log:
        "<logs>/align_words/{lang}/{shard}.log",
    benchmark:
        "<benchmarks>/align_words/{lang}/{shard}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("embed")
    resources:
        gpu=1,
        mem_mb=memory("embed"),
        runtime=minutes("embed"),
    params:
        settings=config.get("alignment"),
        threads=threads_of("embed"),
    script:
        "../workflow_scripts/align_words.py"


rule gather_alignments:
    input:
        code=core("gather_alignments"),
        hypotheses="<results>/corpus/hypotheses.parquet",
        shards=expand(
            "<results>/alignment/shards/{{lang}}/{shard}.parquet",
            shard=range(config.get("alignment", {}).get("shards", 1)),
        ),
    output:
        alignment="<results>/alignment/{lang}.parquet",
    log:
        "<logs>/gather_alignments/{lang}.log",
    benchmark:
        "<benchmarks>/gather_alignments/{lang}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        lang=lambda wildcards: wildcards.lang,
    script:
        "../workflow_scripts/gather_alignments.py"


rule prepare_gold_alignments:
    input:
        code=core("prepare_gold_alignments"),
        hypotheses="<results>/corpus/hypotheses.parquet",
        translation=f"{stage('translation')}/{{lang}}.parquet",
        gold="<generated>/translations/{lang}.parquet",
    output:
        alignment="<results>/alignment/gold/{lang}.parquet",
    log:
        "<logs>/prepare_gold_alignments/{lang}.log",
    benchmark:
        "<benchmarks>/prepare_gold_alignments/{lang}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        lang=lambda wildcards: wildcards.lang,
    script:
        "../workflow_scripts/prepare_gold_alignments.py"


rule score_alignments:
    input:
        code=core("score_alignments"),
        hypotheses="<results>/corpus/hypotheses.parquet",
        translations=expand(f"{stage('translation')}/{{lang}}.parquet", lang=config["languages"]),
        alignments=expand("<results>/alignment/{lang}.parquet", lang=config["languages"]),
        gold=expand("<results>/alignment/gold/{lang}.parquet", lang=config["languages"]),
    output:
        table="<results>/tables/alignment_quality.csv",
    log:
        "<logs>/score_alignments.log",
    benchmark:
        "<benchmarks>/score_alignments.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        languages=config["languages"],
        settings=config.get("alignment"),
    script:
        "../workflow_scripts/score_alignments.py"


rule train_autoencoder:
    input:
        code=core("train_autoencoder"),
        encoder=lambda wildcards: sources.model(
            config["autoencoders"][wildcards.autoencoder]["model"]
        ),
        clip=clip_of_autoencoder,
        train="<results>/corpus/train.parquet",
        dev="<results>/corpus/dev.parquet",
        hypotheses="<results>/corpus/hypotheses.parquet",
        translations=expand(f"{stage('translation')}/{{lang}}.parquet", lang=config["languages"]),
        alignments=expand("<results>/alignment/{lang}.parquet", lang=config["languages"]),
    output:
        model=directory("<results>/alignment/autoencoder/{autoencoder}/seed{seed}/model"),
        history="<results>/alignment/autoencoder/{autoencoder}/seed{seed}/history.csv",
    log:
        "<logs>/train_autoencoder/{autoencoder}/seed{seed}.log",
    benchmark:
        "<benchmarks>/train_autoencoder/{autoencoder}/seed{seed}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        gpu=1,
        mem_mb=memory("train"),
        runtime=minutes("train"),
    params:
        activation=lambda wildcards: config["autoencoders"][wildcards.autoencoder]["activation"],
        training=lambda wildcards: deciding(
            config["autoencoders"][wildcards.autoencoder]["training"]
        ),
        languages=config["languages"],
        threads=threads_of("train"),
    script:
        "../workflow_scripts/train_autoencoder.py"
