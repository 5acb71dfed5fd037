"""From text to tree, also where the text is broken."""
