"""The course's data sets: one folder each, with its card (README.md) and its files.

``python -m datasets simulate`` writes the simulated files again, byte for byte;
``python -m datasets fetch`` fetches the real ones.
"""
