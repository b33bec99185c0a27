"""Files of meter readings (读数导入): looked at, then taken in whole or not at all."""
