"""The natural world: real pictures of everyday things, named in six languages by people.

Where the pocket world draws four shapes in four colours, this one shows OpenMoji's pictures. Names
are CLDR's (`cldr_names.csv`, Unicode licence), reviewed one by one: `nouns.csv` holds those in use
with their grammar, `kinds.csv` the words for whole kinds of things, `reasons.csv` says why a name
differs from CLDR's or why a thing is left out (language `all`).
"""
