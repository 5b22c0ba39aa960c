"""What is special to Keras."""
