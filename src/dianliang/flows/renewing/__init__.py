"""The rebuilding of villages (千村改造): taking villages in, moving stages, measuring, Excel."""
