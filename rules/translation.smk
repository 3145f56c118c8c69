# From the distinct English hypotheses to their translations, one file a language.
localrules:
    translate_shard,


rule translate_shard:
    input:
        code=core("translate_shard"),
        hypotheses="<results>/corpus/hypotheses.parquet",
        translations=lambda wildcards: sources.translation_files(wildcards.lang),
    output:
        translations=temp("<results>/translation/shards/{lang}/{shard}.parquet"),
    log:
        "<logs>/translate_shard/{lang}/{shard}.log",
    benchmark:
        "<benchmarks>/translate_shard/{lang}/{shard}.tsv"
    conda:
        "../environment.yaml"
    params:
        provider=config["translation"]["provider"],
    script:
        "../workflow_scripts/translate_shard.py"


rule gather_translations:
    input:
        code=core("gather_translations"),
        hypotheses="<results>/corpus/hypotheses.parquet",
        shards=expand(
            "<results>/translation/shards/{{lang}}/{shard}.parquet",
            shard=range(config["translation"].get("shards", 8)),
        ),
    output:
        translations="<results>/translation/{lang}.parquet",
        doubtful="<results>/translation/doubtful/{lang}.csv",
    log:
        "<logs>/gather_translations/{lang}.log",
    benchmark:
        "<benchmarks>/gather_translations/{lang}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        provider=config["translation"]["provider"],
    script:
        "../workflow_scripts/gather_translations.py"


# Which sentences are wrong depends on the world's seed, not on the language.
rule generate_noise:
    input:
        code=core("generate_noise"),
        hypotheses="<results>/corpus/hypotheses.parquet",
    output:
        translations="<results>/translation/noise/{noise}/{lang}.parquet",
        back_translations="<results>/translation/noise/{noise}/back/{lang}.parquet",
    log:
        "<logs>/generate_noise/{noise}/{lang}.log",
    benchmark:
        "<benchmarks>/generate_noise/{noise}/{lang}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        world={
            key: config["corpus"].get("world", {}).get(key)
            for key in ("world_seed", "colours", "shapes")
        },
    script:
        "../workflow_scripts/generate_noise.py"


rule score_translations:
    input:
        code=core("score_translations"),
        hypotheses="<results>/corpus/hypotheses.parquet",
        translations=[
            *expand(f"{stage('translation')}/{{lang}}.parquet", lang=config["languages"]),
            *noisy_translations(),
        ],
        noisy_back=noisy_translations("back/"),
        compared=[
            path
            for kind in ("references", "back_translations")
            for path in config["translation"].get(kind, {}).values()
        ],
    output:
        quality="<results>/translation/quality.csv",
        suspicious="<results>/translation/suspicious.csv",
    log:
        "<logs>/score_translations.log",
    benchmark:
        "<benchmarks>/score_translations.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("embed")
    resources:
        mem_mb=memory("embed"),
        runtime=minutes("embed"),
    params:
        settings={
            key: value
            for key, value in config["translation"].items()
            if key
            in (
                "provider",
                "file",
                "min_similarity",
                "references",
                "back_translations",
                "two_translations",
            )
        },
    script:
        "../workflow_scripts/score_translations.py"
