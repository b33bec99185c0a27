"""The file of a village (一村一档): made from records, kept in versions, compared, printed."""
