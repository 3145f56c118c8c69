"""The figures of a study: `numbers` prepares them, `drawing` draws them, nothing does both."""
