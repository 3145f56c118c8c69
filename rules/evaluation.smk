# What each method says about each pair of a test set, and how often it is right.
#
# A prediction is a classifier on stored embeddings, less work than the start of its job, so that it
# is scored where it is made. What compares methods reads the predictions.


rule predict:
    input:
        code=core("predict"),
        pairs="<results>/corpus/{testset}.parquet",
        train=moving_statistics,
        sentences=sentence_embeddings,
        classifier=classifier_folder,
        images=image_embeddings,
        hypotheses="<results>/corpus/hypotheses.parquet",
    output:
        predictions="<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
        scores="<results>/scores/{method}/{lang}/seed{seed}/{testset}.json",
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
        evaluation=sampling(),
        threads=threads_of("predict"),
    script:
        "../workflow_scripts/predict.py"


rule compare_methods:
    input:
        code=core("compare_methods"),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
            sources.tested_methods,
        ),
        hypotheses="<results>/corpus/hypotheses.parquet",
        report="<results>/corpus/report.json",
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
