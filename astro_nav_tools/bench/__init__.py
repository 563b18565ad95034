"""The benchmarks: one module each, with the function that runs it and returns what it measured."""
