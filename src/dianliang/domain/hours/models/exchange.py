"""Which of our fields goes to which column of an exchange with another system."""

from django.db import models


class ExchangeMapping(models.Model):
    """A version of the table that says what the exported columns are (交换映射). Never changed.

    The newest version is in force. The field names of MZ/T 061 are not public: the shipped table
    is neutral, with our own names, and whoever has the standard fills in its columns.
    """

    version = models.PositiveIntegerField("版本", unique=True)
    rows = models.JSONField("映射")
    words = models.CharField("说明", max_length=120)
    made_by = models.CharField("修改人", max_length=64)
    made_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = verbose_name_plural = "交换映射"

    def __str__(self) -> str:
        return f"第 {self.version} 版"
