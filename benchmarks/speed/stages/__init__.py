"""What is measured, a stage a file: `measure` takes the workbench and gives what it found."""
