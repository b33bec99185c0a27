"""Grid projects, their milestones, task forces, and what stands in their way at the place."""
