"""What verbs are called about given hours and their certificates: one line for each."""

from collections.abc import Mapping

HOURS_WORDS: Mapping[str, str] = {
    "hours.hourrecord.take_in": "取入时长",
    "hours.hourrecord.declare": "人工申报时长",
    "hours.hourrecord.take_back": "冲销时长",
    "hours.hourrecord.tell_anew": "更正时长",
    "hours.hourrecord.read_evidence": "查看佐证",
    "hours.hourrecord.export": "导出交换文件",
    "hours.hournotice.open": "发布时长公示",
    "hours.appeal.make": "提出时长异议",
    "hours.servicecertificate.issue": "开具服务证明",
    "hours.servicecertificate.read": "打开服务证明",
    "hours.servicecertificate.print": "打印服务证明",
    "hours.servicecertificate.export": "导出证明登记簿",
    "hours.exchangemapping.keep": "修改交换映射",
    "hours.signingkey.renew": "更换签名密钥",
    "hours.signingkey.give_up": "作废签名密钥",
}
