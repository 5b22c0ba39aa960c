"""What is special to PyTorch."""
