"""Hours that volunteers gave (志愿时长), their review and publication, and certificates."""
