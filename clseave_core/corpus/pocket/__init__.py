"""The pocket world: a controlled visual-entailment corpus whose truth is known.

Pictures show a grid of four cells; hypotheses come from a small grammar and are judged by model
checking; six hand-written grammars say each of them. The generator writes the very formats that
the downloads of a real study have (docs/pocket_world.md).
"""
