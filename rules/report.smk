# The tables. results/accuracy_table.csv is that of the study that ran last.


rule tabulate_accuracy:
    input:
        code=core("tabulate_accuracy"),
        scores=of_every_run("<results>/scores/{method}/{lang}/seed{seed}/{testset}.json"),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet"
        ),
    output:
        study="<results>/tables/accuracy_table.csv",
        last="results/accuracy_table.csv",
    log:
        "<logs>/tabulate_accuracy.log",
    benchmark:
        "<benchmarks>/tabulate_accuracy.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        study=STUDY,
        facts={
            key: config.get(key, {})
            for key in ("methods", "teachers", "languages", "testsets", "published", "evaluation")
        },
    script:
        "../workflow_scripts/tabulate_accuracy.py"
