# The tables. results/accuracy_table.csv is that of the study that ran last.


rule tabulate_accuracy:
    input:
        code=core("tabulate_accuracy"),
        scores=of_every_run("<results>/scores/{method}/{lang}/seed{seed}/{testset}.json"),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet"
        ),
        report="<results>/corpus/report.json",
        published=data_files(config.get("published")),
    output:
        table="<results>/tables/accuracy_table.csv",
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
        methods=without_training({name: config["methods"][name] for name in sources.main_methods}),
        teachers=without_training(config["teachers"]),
        facts={key: config[key] for key in ("languages", "testsets")},
        evaluation=sampling(),
    script:
        "../workflow_scripts/tabulate_accuracy.py"


rule tabulate_comparisons:
    input:
        code=core("tabulate_comparisons"),
        comparisons="<results>/comparisons.csv",
    output:
        csv=expand("<results>/tables/{comparison}.csv", comparison=config.get("comparisons", {})),
        md=expand("<results>/tables/{comparison}.md", comparison=config.get("comparisons", {})),
        tex=expand("<results>/tables/{comparison}.tex", comparison=config.get("comparisons", {})),
    log:
        "<logs>/tabulate_comparisons.log",
    benchmark:
        "<benchmarks>/tabulate_comparisons.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        comparisons=list(config.get("comparisons", {})),
    script:
        "../workflow_scripts/tabulate_comparisons.py"


rule tabulate_picture_pairs:
    input:
        code=core("tabulate_picture_pairs"),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
            sources.tested_methods,
        ),
        report="<results>/corpus/report.json",
    output:
        csv="<results>/tables/picture_pairs.csv",
        md="<results>/tables/picture_pairs.md",
        tex="<results>/tables/picture_pairs.tex",
    log:
        "<logs>/tabulate_picture_pairs.log",
    benchmark:
        "<benchmarks>/tabulate_picture_pairs.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        name=STUDY,
        study={
            "methods": without_training(
                {name: config["methods"][name] for name in sources.tested_methods}
            ),
            "teachers": without_training(config["teachers"]),
            **{key: config[key] for key in ("languages", "testsets")},
        },
    script:
        "../workflow_scripts/tabulate_picture_pairs.py"


rule tabulate_nouns:
    input:
        code=core("tabulate_nouns"),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet"
        ),
        hypotheses="<results>/corpus/hypotheses.parquet",
        naming=sources.naming,
    output:
        table="<results>/tables/nouns.csv",
        questions="<results>/tables/noun_questions.csv",
    log:
        "<logs>/tabulate_nouns.log",
    benchmark:
        "<benchmarks>/tabulate_nouns.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        study={
            "methods": without_training(
                {name: config["methods"][name] for name in sources.main_methods}
            ),
            "teachers": without_training(config["teachers"]),
            **{key: config[key] for key in ("languages", "students", "models")},
        },
        evaluation=sampling(),
    script:
        "../workflow_scripts/tabulate_nouns.py"


rule tabulate_sweep:
    input:
        code=core("tabulate_sweep"),
        histories=[
            f"<results>/students/{method}/{lang}/seed{seed}/history.csv"
            for sweep in config.get("sweep", {}).values()
            for method in (sweep["method"], *sweep["methods"])
            for lang in sweep["languages"]
            for seed in config["seeds"]
        ],
    output:
        table="<results>/tables/sweep.csv",
    log:
        "<logs>/tabulate_sweep.log",
    benchmark:
        "<benchmarks>/tabulate_sweep.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        name=STUDY,
        study={
            key: config.get(key, {})
            for key in ("seeds", "methods", "teachers", "students", "sweep")
        },
    script:
        "../workflow_scripts/tabulate_sweep.py"


rule compare_languages:
    input:
        code=core("compare_languages"),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet"
        ),
        hypotheses="<results>/corpus/hypotheses.parquet",
        report="<results>/corpus/report.json",
    output:
        table="<results>/tables/language_effects.csv",
    log:
        "<logs>/compare_languages.log",
    benchmark:
        "<benchmarks>/compare_languages.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        name=STUDY,
        study={
            "methods": without_training(
                {name: config["methods"][name] for name in sources.main_methods}
            ),
            "teachers": without_training(config["teachers"]),
            **{key: config.get(key) for key in ("languages", "testsets", "control_language")},
        },
        evaluation=sampling(),
    script:
        "../workflow_scripts/compare_languages.py"


rule tabulate_thesis:
    input:
        code=core("tabulate_thesis"),
        report="<results>/corpus/report.json",
        table="<results>/tables/accuracy_table.csv",
        comparisons=[f"<results>/tables/{method}.csv" for method in config.get("comparisons", {})],
        histories=histories_of(sources.main_students),
        distances=data_files("thesis"),
        published=data_files(config.get("published")),
    output:
        csv=expand("<results>/tables/{table}.csv", table=TABLES),
        md=expand("<results>/tables/{table}.md", table=TABLES),
        tex=expand("<results>/tables/{table}.tex", table=TABLES),
    log:
        "<logs>/tabulate_thesis.log",
    benchmark:
        "<benchmarks>/tabulate_thesis.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        study={
            "name": STUDY,
            "main": sources.main_methods,
            **{
                key: config.get(key, {})
                for key in ("languages", "methods", "teachers", "autoencoders")
            },
        },
    script:
        "../workflow_scripts/tabulate_thesis.py"


# An option that no other rule asks for: it needs the package urielplus.
rule tabulate_distances:
    input:
        code=core("tabulate_distances"),
        distances=data_files("thesis"),
    output:
        csv="<results>/tables/linguistic_distances_recomputed.csv",
        md="<results>/tables/linguistic_distances_recomputed.md",
        tex="<results>/tables/linguistic_distances_recomputed.tex",
    log:
        "<logs>/tabulate_distances.log",
    benchmark:
        "<benchmarks>/tabulate_distances.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        languages=config["languages"],
    script:
        "../workflow_scripts/tabulate_distances.py"


# A rule of its own: when another study has run last, its input is another file, and so it runs.
rule export_table:
    input:
        code=core("export_table"),
        table="<results>/tables/accuracy_table.csv",
    output:
        table="results/accuracy_table.csv",
    log:
        "<logs>/export_table.log",
    benchmark:
        "<benchmarks>/export_table.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        study=STUDY,
    script:
        "../workflow_scripts/export_table.py"


rule plot_figures:
    input:
        code=core("plot_figures"),
        style="clseave_core/report/figures/clseave.mplstyle",
        font="clseave_core/report/figures/cjk.otf",
        report="<results>/corpus/report.json",
        hypotheses="<results>/corpus/hypotheses.parquet",
        table="<results>/tables/accuracy_table.csv",
        teacher_histories=lambda wildcards: expand(
            f"{stage('teacher')}/{pictured().teacher}/seed{{seed}}/history.csv",
            seed=config["seeds"],
        ),
        student_histories=pictured_students,
        scores=of_pictured_runs("<results>/scores/{method}/{lang}/seed{seed}/{testset}.json"),
        predictions=of_pictured_runs(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet"
        ),
        pictures=sources.pictures,
        translations=expand(f"{stage('translation')}/{{lang}}.parquet", lang=config["languages"]),
        distances=data_files("thesis"),
        published=lambda wildcards: data_files(config.get("published")),
    output:
        svg=expand("<results>/figures/{figure}.svg", figure=FIGURES),
        png=expand("<results>/figures/{figure}.png", figure=FIGURES),
    log:
        "<logs>/plot_figures.log",
    benchmark:
        "<benchmarks>/plot_figures.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        study=STUDY,
        testset=config["testsets"][0],
        pictured=lambda wildcards: vars(pictured()),
        languages=config["languages"],
        credit=config["corpus"].get("credit"),
    script:
        "../workflow_scripts/plot_figures.py"


# Logs and benchmarks are no input: what they say of a job is no result of it.
rule render_report:
    input:
        code=core("render_report"),
        templates=template_files(workflow.basedir),
        font="clseave_core/report/figures/cjk.otf",
        accuracy="<results>/tables/accuracy_table.csv",
        tables=[
            *(path for path in further_tables() if path.startswith("<results>/tables/")),
            *expand("<results>/tables/{table}.csv", table=TABLES),
        ],
        comparisons=["<results>/comparisons.csv"],
        quality=[
            "<results>/translation/quality.csv",
            "<results>/translation/suspicious.csv",
        ],
        figures=expand("<results>/figures/{figure}.svg", figure=FIGURES),
        corpus="<results>/corpus/report.json",
        pairs=f"<results>/corpus/{config['testsets'][0]}.parquet",
        hypotheses="<results>/corpus/hypotheses.parquet",
        translations=expand(f"{stage('translation')}/{{lang}}.parquet", lang=config["languages"]),
        predictions=of_every_run(
            "<results>/predictions/{method}/{lang}/seed{seed}/{testset}.parquet",
            sources.tested_methods,
        ),
        histories=histories_of(sources.main_students),
        pictures=sources.pictures,
        claims=data_files("thesis"),
        published=data_files(config.get("published")),
        project="pyproject.toml",
    output:
        page="<results>/report.html",
    log:
        "<logs>/render_report.log",
    benchmark:
        "<benchmarks>/render_report.tsv"
    conda:
        "../environment.yaml"
    threads: threads_of("read")
    resources:
        mem_mb=memory("read"),
        runtime=minutes("read"),
    params:
        study={
            "name": STUDY,
            "main": sources.main_methods,
            "generated": sources.is_generated,
            "world_seed": sources.world_seed,
            "credit": config["corpus"].get("credit"),
            "methods": without_training(config["methods"]),
            "teachers": without_training(config["teachers"]),
            **{
                key: config.get(key, {})
                for key in (
                    *("description", "languages", "seeds", "testsets", "models"),
                    *("comparisons", "reuse"),
                )
            },
        },
        folders={kind: f"results/{STUDY}/{kind}" for kind in ("logs", "benchmarks")},
    script:
        "../workflow_scripts/render_report.py"
