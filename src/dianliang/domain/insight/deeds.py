"""What the verbs of the trail are called: lifecycles and models say it, one table says the rest.

A verb is ``<model>.<verb>``. One that nobody has named is shown as it is: a trail hides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps

from dianliang.domain.care.lifecycle import ALERT, CONTACT, UNLOCK
from dianliang.domain.directory.lifecycle import AGREEMENT
from dianliang.domain.insight.lifecycle import PLAN_ITEM
from dianliang.domain.intake.lifecycle import LEARNT_MODEL, NEED
from dianliang.domain.intake.queries.detail import INTERNAL_WORDS
from dianliang.domain.programs.lifecycle import CAMPAIGN, TARGET
from dianliang.domain.renewal.lifecycle import STEP
from dianliang.domain.safety.lifecycle import HAZARD
from dianliang.domain.venues.lifecycle import BOOKING, NOTICE, PROOF
from dianliang.domain.work.lifecycle import JOB, PLAN, VISIT
from dianliang.domain.workforce.lifecycle import GRID_WORKER
from dianliang.kernel.lifecycle import Lifecycle

LIFECYCLES: Mapping[str, Lifecycle] = {
    "care.alert": ALERT,
    "care.contact": CONTACT,
    "care.unlock": UNLOCK,
    "intake.need": NEED,
    "intake.learntmodel": LEARNT_MODEL,
    "safety.hazard": HAZARD,
    "work.job": JOB,
    "work.plan": PLAN,
    "work.visit": VISIT,
    "workforce.gridworker": GRID_WORKER,
    "directory.agreement": AGREEMENT,
    "renewal.step": STEP,
    "insight.planitem": PLAN_ITEM,
    "programs.campaign": CAMPAIGN,
    "programs.target": TARGET,
    "venues.booking": BOOKING,
    "venues.baseproof": PROOF,
    "venues.basenotice": NOTICE,
}
HEADINGS: Mapping[str, str] = {
    "account": "登录与账号",
    "access": "被拒的访问",
    "api": "接口",
    "personal": "个人信息",
    "insight": "指标导出",
    "insight.volunteering": "志愿服务导出",
    "insight.bases": "阵地导出",
    "county": "数据导入",
    "backup": "备份",
    "keys": "密钥",
    "key": "密钥",
    "person": "个人信息",
    "retention": "个人信息",
    "demo": "演示",
    "page": "网页",
}
"""Groups that are no model."""
PAGE = "page"
"""Stands for all routes."""
WORDS: Mapping[str, str] = {
    **INTERNAL_WORDS,
    "account.log-in": "登录",
    "account.log-out": "退出登录",
    "account.administrator": "设管理员",
    "access.denied": "访问被拒",
    "api.denied": "接口调用被拒",
    "core.auditevent.read": "查看审计列表",
    "core.auditevent.open": "查看审计事件",
    "core.auditevent.export": "导出审计",
    "core.auditevent.verify": "核验审计链",
    "core.apitoken.issue": "发放令牌",
    "core.apitoken.revoke": "收回令牌",
    "intake.learntmodel.learn": "学习",
    "intake.learntmodel.hold": "停止自动更新",
    "intake.learntmodel.release": "恢复自动更新",
    "intake.need.post": "提出",
    "intake.need.join": "加入",
    "intake.need.wish": "约定上门时段",
    "intake.need.absorb": "并入他条",
    "work.job.open": "开单",
    "work.job.reprioritise": "改优先级",
    "work.plan.draft": "起草",
    "work.plan.lock": "锁定",
    "work.visit.plan": "排入",
    "work.visit.publish": "发布",
    "work.visit.retime": "改时间",
    "work.visit.report": "补报",
    "work.visit.reveal_phone": "查看电话",
    "workforce.person.check_in": "签到",
    "workforce.person.swap": "换人",
    "workforce.person.report_absence": "报停勤",
    "workforce.gridworker.recruit": "招募",
    "workforce.team.renew_calendar": "换日历链接",
    "customers.customer.read": "打开档案",
    "customers.customer.reveal": "查看个人信息",
    "customers.customer.tell_nominee": "查看未成年人的联系人",
    "customers.customer.agree": "改关爱约定",
    "customers.customer.visit": "记走访",
    "customers.customer.consent": "登记同意",
    "customers.customer.withdraw_consent": "登记撤回同意",
    "customers.customer.renew": "复核续期",
    "customers.customer.end_care": "结束特殊关爱",
    "customers.customer.import": "导入关爱约定",
    "customers.customer.export": "导出特殊客户",
    "care.unlock.ask": "申请批准",
    "care.alert.open": "生成联系清单",
    "catalog.checklist.publish": "发布新版清单",
    "safety.inspection.record": "记检查",
    "safety.notice.issue": "签发通知书",
    "safety.notice.deliver": "送达通知书",
    "safety.notice.print": "打印通知书",
    "safety.hazard.find": "发现",
    "safety.hazard.replan_recheck": "改复查工单",
    "safety.hazard.export": "导出隐患",
    "network.outage.record": "登记停电",
    "network.outage.end": "登记复电",
    "network.transformer.export": "导出线路与变压器",
    "territory.roadtable.fetch": "更新",
    "workforce.person.leave_office": "登记离岗",
    "workforce.charge.hand_over": "交接责任区",
    "workforce.charge.take_back": "撤回交接",
    "workforce.charge.export": "导出责任区",
    "directory.agreement.draft": "起草协议",
    "directory.agreement.amend": "修改协议",
    "directory.agreement.attach": "加附件",
    "directory.delegation.delegate": "登记下放",
    "directory.delegation.revoke": "登记收回",
    "directory.enforcementcase.record": "登记案件",
    "renewal.project.open": "列入改造",
    "renewal.project.measure": "填指标",
    "renewal.project.export": "导出千村改造",
    "renewal.step.plan": "排阶段计划",
    "directory.ruledraft.change": "改派单规则草稿",
    "directory.ruledraft.discard": "放弃草稿",
    "directory.ruleversion.apply": "整表生效",
    "directory.ruleversion.restore": "恢复旧版",
    "catalog.lexiconversion.add": "添加词语",
    "catalog.lexiconversion.take_out": "移出词语",
    "catalog.lexiconversion.go_back": "恢复旧版词库",
    "programs.activity.record": "登记行动",
    "programs.campaign.draft": "起草专项行动",
    "programs.campaign.open_jobs": "批量开工单",
    "programs.campaign.draw": "抽样复核",
    "programs.campaign.export": "导出专项行动",
    "programs.target.added": "补入名单",
    "programs.target.removed": "剔出名单",
    "programs.target.restored": "恢复到名单",
    "programs.presenceduty.assign": "安排驻点职责",
    "programs.presenceduty.end": "结束驻点职责",
    "programs.presenceduty.plan_days": "排驻点日",
    "programs.presenceduty.drop_day": "撤驻点日",
    "programs.presenceduty.check_in": "驻点签到",
    "venues.ratingrules.publish": "发布星级规则",
    "venues.pointofinterest.register": "登记亮点",
    "venues.pointofinterest.look_at": "查看亮点",
    "venues.pointofinterest.close": "停用亮点",
    "venues.booking.take": "预约",
    "venues.booking.close": "登记停用时段",
    "venues.booking.reveal": "查看预约人电话",
    "venues.bookingseries.take": "周期预约",
    "venues.bookable.register": "登记场室器材",
    "venues.bookable.change": "改场室器材",
    "venues.bookable.set_hours": "改开放时间",
    "venues.bookable.stop": "停用场室器材",
    "venues.bookable.resume": "恢复场室器材",
    "venues.bookable.renew_door": "换签到码",
    "venues.bookable.export": "导出场室使用率",
    "venues.bookingfeed.renew": "换预约日历链接",
    "venues.matrix.create": "建立体系",
    "venues.matrix.rename": "改体系名称",
    "venues.matrix.hang": "列入节点",
    "venues.matrix.move": "移动节点",
    "venues.matrix.rename_node": "改节点名称",
    "venues.matrix.take_down": "撤下节点",
    "venues.matrix.take_in": "导入体系",
    "venues.site.register": "登记阵地",
    "venues.site.change": "改阵地资料",
    "venues.site.close": "停用阵地",
    "venues.site.offer": "改阵地服务",
    "venues.site.set_hours": "登记开放时间",
    "venues.site.set_days": "登记特别开放日",
    "venues.site.drop_day": "撤特别开放日",
    "venues.site.hand_over": "登记阵地责任人",
    "venues.site.take_back": "撤回阵地交接",
    "venues.basestandard.publish": "发布五有标准",
    "venues.baseproof.give": "提交佐证",
    "venues.basenotice.draft": "起草公示",
    "venues.basenotice.revise": "修改公示",
    "personal.export": "导出个人信息",
    "personal.erase": "删除个人信息",
    "personal.expire": "到期清除",
    "insight.export": "导出指标",
    "insight.hotrun.look": "分析热点",
    "insight.hotmark.seen": "标记已知悉",
    "insight.hotmark.working": "标记正在处理",
    "insight.volunteering.export": "导出志愿服务",
    "insight.bases.export": "导出阵地",
    "insight.villageversion.keep": "存档",
    "insight.villageversion.print": "打印档案",
    "insight.villageversion.export": "批量导出档案",
    "insight.villageversion.fetch": "下载导出的档案",
    "insight.villageprofile.describe": "改概况",
    "insight.villageprofile.export": "导出概况与年度计划",
    "insight.villagephoto.add": "加入照片",
    "insight.villagephoto.remove": "移出照片",
    "insight.planitem.plan": "加入年度计划",
    "insight.planitem.replan": "改计划事项",
    "county.import": "导入",
    "backup.keep": "备份",
    "backup.restore": "恢复",
    "keys.rotate": "更换密钥",
    "keys.retire": "停用密钥",
    "demo.seed": "生成演示数据",
}
ADMINISTRATION: Mapping[str, str] = {"add": "后台新增", "change": "后台修改", "delete": "后台删除"}
"""What the administration pages do to any model."""
WHOLE = ".*"
"""Ends the choice of a whole group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The verbs of one kind of object, each with its word."""

    key: str
    heading: str
    verbs: tuple[tuple[str, str], ...]

    @property
    def whole(self) -> str:
        """Return the choice that stands for all its verbs, also those that have no word."""
        return self.key + WHOLE


def word(verb: str) -> str:
    """Return what a verb is called; an unknown one as it is."""
    kind, _, last = verb.rpartition(".")
    labels = {row.verb: row.label for row in LIFECYCLES[kind]} if kind in LIFECYCLES else {}
    return labels.get(last) or WORDS.get(verb) or ADMINISTRATION.get(last) or verb


def heading(kind: str) -> str:
    """Return what a kind of object is called; an unknown one as it is. A route is a page."""
    if ":" in kind:
        kind = PAGE
    return HEADINGS.get(kind) or _models().get(kind, kind)


def state(kind: str, value: str) -> str:
    """Return the label of a state; what is no state of this kind stays as it is."""
    return LIFECYCLES[kind].labels.get(value, value) if kind in LIFECYCLES else value


@cache
def kinds() -> frozenset[str]:
    """Return every kind of object that the trail may name."""
    return frozenset(_models()) | HEADINGS.keys()


@cache
def groups() -> tuple[Group, ...]:
    """Return the verbs that a reader can choose, group by group."""
    found: dict[str, dict[str, str]] = {}
    lifecycle_verbs = [f"{kind}.{row.verb}" for kind, table in LIFECYCLES.items() for row in table]
    for verb in (*lifecycle_verbs, *WORDS):
        found.setdefault(verb.rpartition(".")[0], {})[verb] = word(verb)
    return tuple(
        Group(key=key, heading=heading(key), verbs=tuple(verbs.items()))
        for key, verbs in found.items()
    )


@cache
def _models() -> dict[str, str]:
    return {
        model._meta.label_lower: str(model._meta.verbose_name)
        for model in apps.get_models()
        if model.__module__.startswith("dianliang.")
    }
