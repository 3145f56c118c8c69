# What each method says about each pair of a test set, and how often it is right.


def predicted_text(wildcards):
    """A student reads translations; a method without one is the teacher's own embeddings."""
    if "student" not in config["methods"][wildcards.method]:
        return {"hypotheses": teacher_file("hypotheses.arrow")(wildcards)}
    return {
        "student": f"results/{STUDY}/students/{wildcards.method}/{wildcards.lang}/seed{wildcards.seed}/model",
        "translation": f"{stage('translation')}/{wildcards.lang}.parquet",
    }


rule predict:
    input:
        unpack(predicted_text),
        code=core("predict"),
        pairs="<results>/corpus/{testset}.parquet",
        teacher=teacher_file("model"),
        images=image_embeddings,
    output:
        predictions="<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
    log:
        "<logs>/predict/{method}/{lang}/seed{seed}/{testset}.log",
    benchmark:
        "<benchmarks>/predict/{method}/{lang}/seed{seed}/{testset}.tsv"
    threads: threads_of("predict")
    resources:
        gpu=1,
        mem_mb=memory("predict"),
        runtime=minutes("predict"),
    conda:
        "../environment.yaml"
    params:
        premise=lambda wildcards: config["methods"][wildcards.method].get("premise", "image"),
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
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    conda:
        "../environment.yaml"
    params:
        evaluation=config["evaluation"],
    script:
        "../workflow_scripts/score_predictions.py"
