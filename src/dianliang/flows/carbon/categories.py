"""The categories of scope 3, and the units that activity data come in.

Source: GHG Protocol, Corporate Value Chain (Scope 3) Accounting and Reporting Standard (2011),
chapter 5, table 5.3: fifteen categories that exclude each other.
"""

from collections.abc import Mapping

from dianliang.kernel.phrases import Phrase

CATEGORIES: Mapping[int, str] = {
    1: Phrase("外购商品和服务"),
    2: Phrase("资本货物"),
    3: Phrase("燃料和能源的上游（不在范围 1、2 的）"),
    4: Phrase("上游运输和配送"),
    5: Phrase("运营中的废物"),
    6: Phrase("商务差旅"),
    7: Phrase("员工通勤"),
    8: Phrase("上游租赁资产"),
    9: Phrase("下游运输和配送"),
    10: Phrase("售出产品的加工"),
    11: Phrase("售出产品的使用"),
    12: Phrase("售出产品的报废处理"),
    13: Phrase("下游租赁资产"),
    14: Phrase("特许经营"),
    15: Phrase("投资"),
}
OF_ENERGY = 3
"""Upstream of the same fuel and electricity that scopes 1 and 2 count: beside them, not twice."""
