"""The views: each knows the document and small widgets, none knows another view or a job."""
