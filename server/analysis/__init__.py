"""What the analysis knows; imports no LSP library, and nothing of TensorFlow until a document is analysed."""
