"""The proof: verdict, steps and the table of errors."""
