"""The numeric proof: workers, comparison, report."""
