# What each method says about each pair of a test set, and how often it is right.


rule predict:
    input:
        code=core("predict"),
        pairs="<results>/corpus/{testset}.parquet",
        train=moving_statistics,
        sentences=sentence_embeddings,
        classifier=classifier_folder,
        images=image_embeddings,
    output:
        predictions="<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
    log:
        "<logs>/predict/{method}/{lang}/seed{seed}/{testset}.log",
    benchmark:
        "<benchmarks>/predict/{method}/{lang}/seed{seed}/{testset}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("predict")
    resources:
        gpu=1,
        mem_mb=memory("predict"),
        runtime=minutes("predict"),
    params:
        premise=lambda wildcards: config["methods"][wildcards.method].get("premise", "image"),
        batch_size=statistics_batch,
        draws=lambda wildcards: config["methods"][wildcards.method].get("draws", 1),
        threads=threads_of("predict"),
    script:
        "../workflow_scripts/predict.py"


rule score_predictions:
    input:
        code=core("score_predictions"),
        predictions="<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
        hypotheses="<results>/corpus/hypotheses.parquet",
    output:
        scores="<results>/scores/{method}/{lang}/seed{seed}/{testset}.json",
    log:
        "<logs>/score_predictions/{method}/{lang}/seed{seed}/{testset}.log",
    benchmark:
        "<benchmarks>/score_predictions/{method}/{lang}/seed{seed}/{testset}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        evaluation=sampling(),
    script:
        "../workflow_scripts/score_predictions.py"


rule compare_methods:
    input:
        code=core("compare_methods"),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
            sources.tested_methods,
        ),
        hypotheses="<results>/corpus/hypotheses.parquet",
    output:
        comparisons="<results>/comparisons.csv",
    log:
        "<logs>/compare_methods.log",
    benchmark:
        "<benchmarks>/compare_methods.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        name=STUDY,
        main=sources.main_methods,
        study={
            key: config.get(key, {})
            for key in (
                "languages",
                "control_language",
                "testsets",
                "methods",
                "teachers",
                "students",
                "comparisons",
            )
        },
        evaluation=config["evaluation"],
    script:
        "../workflow_scripts/compare_methods.py"
