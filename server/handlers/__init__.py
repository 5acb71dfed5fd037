"""One module per LSP feature, each with `register(server)`; a name in `MODULES` is all that connects it."""

MODULES = ("lifecycle", "configuration", "synchronization", "hover", "code_action", "commands")
