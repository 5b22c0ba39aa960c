"""What makes and prepares the downloadable application; nothing here is imported by it."""
