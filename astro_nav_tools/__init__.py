"""The `astro-nav` command: demo, benchmarks, doctor, launch files, generated files."""
