# One student for each language: it learns the teacher's embeddings from the translations.


rule train_student:
    input:
        code=core("train_student"),
        encoder=lambda wildcards: sources.model(
            config["students"][config["methods"][wildcards.method]["student"]]["model"]
        ),
        train="<results>/corpus/train.parquet",
        dev="<results>/corpus/dev.parquet",
        hypotheses="<results>/corpus/hypotheses.parquet",
        translation=f"{stage('translation')}/{{lang}}.parquet",
        targets=teacher_file("hypotheses.arrow"),
        teacher=teacher_file("model"),
        images=image_embeddings,
    output:
        model=directory("<results>/students/{method}/{lang}/seed{seed}/model"),
        history="<results>/students/{method}/{lang}/seed{seed}/history.csv",
        hypotheses="<results>/students/{method}/{lang}/seed{seed}/hypotheses.arrow",
    log:
        "<logs>/train_student/{method}/{lang}/seed{seed}.log",
    benchmark:
        "<benchmarks>/train_student/{method}/{lang}/seed{seed}.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("train")
    resources:
        gpu=1,
        mem_mb=memory("train"),
        runtime=minutes("train"),
    params:
        objective=lambda wildcards: config["methods"][wildcards.method]["objective"],
        training=lambda wildcards: deciding(config["methods"][wildcards.method]["training"]),
        student=lambda wildcards: config["students"][config["methods"][wildcards.method]["student"]],
        threads=threads_of("train"),
    script:
        "../workflow_scripts/train_student.py"
