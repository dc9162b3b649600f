"""The course's data sets: a folder each, with its card (README.md) and its files.

``python -m datasets`` writes the generated files again, byte for byte.
"""
