"""Which public objects of TensorFlow, Keras and NumPy may be asked, and how far: rules, one file a library."""
