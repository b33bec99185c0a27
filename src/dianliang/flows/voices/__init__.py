"""Employees' appeals: interview and mailbox, answered by named handlers, counted for leaders."""
