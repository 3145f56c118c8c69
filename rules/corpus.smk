# From annotation files and pictures, downloaded or generated, to the tables of the corpus.
localrules:
    download_file,
    download_model,


# Addresses and checksums are no params: to add one must not fetch the file again.
# Another folder with the same resources may have fetched the file since this run was planned:
# without `update` Snakemake would delete it.
rule download_file:
    output:
        file=update("<resources>/downloads/{file}"),
    log:
        "<logs>/download_file/{file}.log",
    benchmark:
        "<benchmarks>/download_file/{file}.tsv"
    conda:
        "../environment.yaml"
    params:
        what=lambda wildcards: sources.downloads[wildcards.file]["what"],
    script:
        "../workflow_scripts/download_file.py"


rule download_model:
    output:
        model=directory("<resources>/models/{repository}"),
    log:
        "<logs>/download_model/{repository}.log",
    benchmark:
        "<benchmarks>/download_model/{repository}.tsv"
    conda:
        "../environment.yaml"
    params:
        model=lambda wildcards: sources.repositories[wildcards.repository],
    script:
        "../workflow_scripts/download_model.py"


rule generate_world:
    input:
        code=core("generate_world"),
        words=sources.words,
    output:
        annotations=expand("<generated>/annotations/snli_ve_{split}.jsonl.gz", split=sources.splits),
        sentences="<generated>/sentences.parquet",
        translations=expand("<generated>/translations/{lang}.parquet", lang=config["languages"]),
        pretraining=directory("<generated>/pretraining"),
        naming=sources.naming,
    log:
        "<logs>/generate_world.log",
    benchmark:
        "<benchmarks>/generate_world.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("generate")
    resources:
        mem_mb=memory("generate"),
        runtime=minutes("generate"),
    params:
        world=config["corpus"].get("world"),
        languages=config["languages"],
    script:
        "../workflow_scripts/generate_world.py"


# Apart from the world, so that CLIP, which needs none of these pictures, can train meanwhile.
rule generate_pictures:
    input:
        code=core("generate_pictures"),
        words=sources.words,
        scenes=sources.scenes,
    output:
        pictures="<generated>/pictures.zip",
    log:
        "<logs>/generate_pictures.log",
    benchmark:
        "<benchmarks>/generate_pictures.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("generate")
    resources:
        mem_mb=memory("generate"),
        runtime=minutes("generate"),
    params:
        world=config["corpus"].get("world"),
    script:
        "../workflow_scripts/generate_pictures.py"


rule generate_clip:
    input:
        code=core("generate_clip"),
        pretraining=rules.generate_world.output.pretraining,
        sentences=rules.generate_world.output.sentences,
    output:
        model=directory("<generated>/models/{clip}"),
    log:
        "<logs>/generate_clip/{clip}.log",
    benchmark:
        "<benchmarks>/generate_clip/{clip}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=memory("train"),
        runtime=minutes("train"),
    params:
        world=config["corpus"].get("world"),
        settings=lambda wildcards: config["models"][wildcards.clip]["settings"],
        seed=sources.world_seed,
        threads=threads_of("train"),
    script:
        "../workflow_scripts/generate_clip.py"


rule generate_bert:
    input:
        code=core("generate_bert"),
        sentences=rules.generate_world.output.sentences,
        translations=rules.generate_world.output.translations,
    output:
        model=directory("<generated>/models/bert"),
    log:
        "<logs>/generate_bert.log",
    benchmark:
        "<benchmarks>/generate_bert.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=memory("train"),
        runtime=minutes("train"),
    params:
        settings=sources.generator_settings("bert"),
        languages=config["languages"],
        seed=sources.world_seed,
        threads=threads_of("train"),
    script:
        "../workflow_scripts/generate_bert.py"


rule generate_aligner:
    input:
        code=core("generate_aligner"),
        sentences=rules.generate_world.output.sentences,
        translations=rules.generate_world.output.translations,
        bert=rules.generate_bert.output.model,
    output:
        model=directory("<generated>/models/aligner"),
    log:
        "<logs>/generate_aligner.log",
    benchmark:
        "<benchmarks>/generate_aligner.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=memory("train"),
        runtime=minutes("train"),
    params:
        settings=sources.generator_settings("aligner"),
        languages=config["languages"],
        seed=sources.world_seed,
        threads=threads_of("train"),
    script:
        "../workflow_scripts/generate_aligner.py"


rule prepare_corpus:
    input:
        code=core("prepare_corpus"),
        annotations=[sources.annotations(split) for split in sources.splits],
        pictures=sources.pictures,
        sentences=sources.sentences,
    output:
        pairs=expand("<results>/corpus/{split}.parquet", split=sources.splits),
        hypotheses="<results>/corpus/hypotheses.parquet",
        report="<results>/corpus/report.json",
    log:
        "<logs>/prepare_corpus.log",
    benchmark:
        "<benchmarks>/prepare_corpus.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        splits=sources.splits,
        labels=config["corpus"].get("labels"),
        overlap=config.get("overlap"),
    script:
        "../workflow_scripts/prepare_corpus.py"
