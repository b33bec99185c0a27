"""Task lists by post, 三管 assessments and contests of branches (考评)."""
