"""One module a figure (or two that look alike): numbers in, a figure out; no file is read here."""
