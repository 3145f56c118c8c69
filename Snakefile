# The workflow: from SNLI-VE files and pictures to results/accuracy_table.csv.
configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/methods.smk"
include: "rules/tables.smk"
include: "rules/corpus.smk"
include: "rules/translation.smk"
include: "rules/teacher.smk"
include: "rules/alignment.smk"
include: "rules/students.smk"
include: "rules/evaluation.smk"
include: "rules/report.smk"
include: "rules/scheduling.smk"


rule all:
    default_target: True
    input:
        table="results/accuracy_table.csv",
        tables=further_tables(),
        thesis="<results>/tables/table_4_1_accuracy.csv",
        figures="<results>/figures/accuracy.svg",
        report="<results>/report.html",
