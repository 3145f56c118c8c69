"""CLSEAVE: take a visual-entailment model from English to other languages.

The library under the workflow. One folder for each stage, in the order of the data:
corpus, translation, teacher, students, evaluation, report; ``models`` and ``training`` serve
several of them. It knows nothing of Snakemake or of a command line.
"""
