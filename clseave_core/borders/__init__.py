"""Where the project meets what others made: files, addresses, the machine's network settings.

What goes wrong there is caught by where it happens, not by its type, and becomes one sentence with
the file or the address, the cause, and what to do.
"""
