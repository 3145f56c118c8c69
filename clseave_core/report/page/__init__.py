"""The report page: one file that holds a study's results and opens anywhere.

`study` and `numbers` read what the study has, `headline`, `questions`, `claims` and `provenance`
say what it means, `examples` and `thumbnails` prepare the browser of pairs, and `rendering` puts
all of it into the templates.
"""
