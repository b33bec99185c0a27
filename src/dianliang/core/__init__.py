"""Django infrastructure without business."""
