"""The judge: checks run in a process of its own, which asks the submission's kernel for data alone."""
