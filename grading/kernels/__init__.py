"""Where submissions run: kernels forked from a warm server, each in a sandbox of its own."""
