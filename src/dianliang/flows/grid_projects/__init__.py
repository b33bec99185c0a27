"""Grid projects (电网工程): keep them, report what stands in their way, Excel, the report."""
