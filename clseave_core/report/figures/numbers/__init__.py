"""The numbers behind the figures, from the files of earlier stages; nothing here draws."""
