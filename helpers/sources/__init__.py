"""Where the files of ``datasets/`` come from: drawn, fetched, measured, and the real ones read and cleaned.

``python -m helpers.sources simulate`` writes the simulated files again, byte for byte;
``python -m helpers.sources fetch`` fetches the real ones.
"""
