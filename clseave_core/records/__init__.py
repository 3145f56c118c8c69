"""Rows of the users' own files in the forms in which people have them: tables, JSON, Parquet."""
