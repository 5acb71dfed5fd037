"""The border between the light server process and the process that imports TensorFlow.

`client` runs in the server, `worker` (and `serving`) in the engine process; `protocol` and `journal` are what both
know. Everything here needs the standard library alone, because the engine runs in the user's own environment.
"""
