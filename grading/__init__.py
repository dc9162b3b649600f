"""Grading: steps that nbgrader runs besides its own (see nbgrader_config.py)."""
