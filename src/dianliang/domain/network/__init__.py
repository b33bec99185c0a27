"""The distribution network as villages know it: lines, transformers, and when they were out."""
