"""The default lexicon of dangers and hints. An operator may replace it by a newer version."""

from dianliang.engines.triage._model import CuePair, Lexicon

_WIRES = tuple("电线 线路 线 电缆 高压线 线头 导线 进户线".split())
_TELECOM = tuple("网线 光缆 通信线 通讯线 电话 宽带 网络 信号 视频 直播 游戏 热线 连线".split())
_POLES = tuple("电杆 电线杆 杆子 线杆 水泥杆 路灯杆 铁塔 整根杆".split())
_BOXES = tuple(
    "配电房 配电柜 配电箱 电箱 电表箱 电表 表箱 插座 插排 插板 电柜 变压器 配电室 柜子".split()
)
_DEVICES = tuple(
    "插座 插排 插板 开关 空开 总闸 电闸 空调 冰箱 热水器 电视 洗衣机 充电桩 充电器 电瓶 电动车 "
    "电瓶车 变压器 电箱 表箱 电表 电缆 电线 线路 墙里 墙 电杆 配电 电梯 灶 炉".split()
)
_LIVE = tuple(
    "水龙头 铁门 栅栏 护栏 热水器 洗衣机 冰箱 墙 电杆 路灯 灯杆 扶手 门把手 外壳 铁架 水管 金属 "
    "棚 地面 水里 广告牌 空调".split()
)
_GAS = tuple("煤气 燃气 天然气 液化气 瓦斯 煤气罐 煤气瓶 气管 阀门".split())
_BURNS = tuple(
    "着了 烧了 烧着 烧起 在烧 烧红 烧化 点着 着火 起火 火苗 是火 青烟 黑烟 白烟 浓烟".split()
)
_PEOPLE = tuple("老人 人 孩子 小孩 工人 司机 学生 爸 妈 弟弟 奶奶 爷爷".split())

DEFAULT_LEXICON = Lexicon(
    version="lexicon-2026-11b",
    danger={
        "起火": tuple(
            "着火 起火 失火 冒烟 冒火 冒青烟 冒黑烟 烧起来 烧着 火花 火星 火苗 燃烧 焦味 烧焦 糊味 "
            "焦糊 炸了 打火花 在打火 就打火 线路打火 着起来 黑烟 爆燃".split()
        ),
        "电线断落": tuple(
            "电线断 线断了 断落 线掉 线落 掉在地 掉地上 掉在路 掉到地 掉路上 落在地 电线掉 电线落 "
            "电线落地 线垂到地 搭在车 拖在地 拖到地 线头露 露着线头 铜线露 铜排露 铜丝露".split()
        ),
        "触电": tuple(
            "触电 电到人 电倒 被电 漏电打 麻手 电麻 漏电 电死 电了一下 打到人 身上麻 外壳带电 "
            "有电麻 电晕 带着电 是带电的".split()
        ),
        "电杆倒伏": tuple("电杆倒 杆子倒 电线杆倒 杆断 倒杆 杆倒 杆要倒 杆子要倒 断杆".split()),
        "设备放电": tuple(
            "放电 噼里啪啦 噼噼啪啪 劈里啪啦 闪弧 弧光 拉弧 嗞嗞响 滋滋响 闪蓝光 冒蓝光 蓝火".split()
        ),
        "燃气泄漏": tuple(
            "煤气味 燃气味 天然气味 燃气泄漏 煤气泄漏 天然气泄漏 煤气中毒 天然气臭味 液化气味 "
            "煤气漏 燃气漏 天然气漏 气管漏 煤气罐漏 一氧化碳中毒".split()
        ),
        "水浸设备": tuple(
            "配电箱进水 配电房进水 插座进水 淹到电表 电箱泡水 电表箱进水 水淹到".split()
        ),
        "人身危急": tuple(
            "喘不过气 昏迷 晕倒 昏过去 叫不醒 救命 求救 被困 出人命 下不来 倒在地上 躺着不动 "
            "倒地 嘴唇发紫 没呼吸 没有呼吸 抽搐 不省人事".split()
        ),
    },
    pairs=(
        CuePair(
            kind="电线断落",
            things=_WIRES,
            happenings=tuple(
                "打断 挂断 压断 砸断 刮断 扯断 挖断 撞断 剪断 断了 断开 断成 掉 垂到 垂在 耷拉 拖在 "
                "搭在 落到 落在 横在 漂着 快碰到地 快碰到人 快挨到地 不到一米 伸到 甩 裸露 露在外".split()
            ),
            unless=(*_TELECOM, "掉线", "掉色", "甩竿", "甩杆", "掉电", "晾衣"),
        ),
        CuePair(
            kind="电线断落",
            things=tuple("断了的电线 断线了 线断 断线 断了一根 断了一头 铜排".split()),
            happenings=tuple(
                "搭在 掉 路上 地里 田里 水里 沟边 菜地 鱼 火花 露在外 栅栏 晾衣架 挂在".split()
            ),
            unless=_TELECOM,
        ),
        CuePair(
            kind="电线断落",
            things=("搭在", "掉在"),
            happenings=("晾衣架", "铁栅栏", "屋顶上的线"),
            unless=("衣服", "被子"),
        ),
        CuePair(
            kind="电杆倒伏",
            things=_POLES,
            happenings=tuple(
                "倒了 倒下 倒在 倒塌 要倒 快倒 断了 裂开 撞断 折断 歪得厉害 晃来晃去 摇摇欲坠 砸 塌".split()
            ),
        ),
        CuePair(
            kind="电杆倒伏", things=("眼看就要", "马上就要", "快要"), happenings=("倒", "塌", "断")
        ),
        CuePair(kind="起火", things=_DEVICES, happenings=_BURNS, unless=("着火点",)),
        CuePair(kind="起火", things=("爆炸", "巨响"), happenings=(*_DEVICES, *_GAS, "全是火")),
        CuePair(
            kind="起火",
            things=("烧",),
            happenings=tuple(
                "电表箱烧了 电箱烧了 变压器烧了 插座烧了 塑料 电线烧 线烧 电杆下面".split()
            ),
        ),
        CuePair(
            kind="触电",
            things=_LIVE,
            happenings=tuple("带电 有电 漏电 麻 电人 打手".split()),
            unless=tuple("带电脑 有电吗 没有电 有电视 有电梯 有电话".split()),
        ),
        CuePair(
            kind="触电",
            things=("摸", "碰", "抓"),
            happenings=tuple("发麻 麻 被打 打了一下 弹开 电线 高压线 带电".split()),
            unless=("快碰到线", "碰到问题", "快碰到电线", "麻烦"),
        ),
        CuePair(kind="触电", things=_PEOPLE, happenings=("被电", "电到", "触了电", "电着了")),
        CuePair(
            kind="燃气泄漏",
            things=_GAS,
            happenings=tuple(
                "漏了 漏气 在漏 泄漏 挖破 挖断 破了 嘶嘶 滋滋 哧哧 呲呲 味道 味很 味大 很重的味 臭味".split()
            ),
            unless=("软管老化", "查了没有", "没有漏"),
        ),
        CuePair(
            kind="燃气泄漏",
            things=("烧炭", "煤炉", "炭火", "取暖"),
            happenings=("昏", "晕", "中毒", "头晕"),
        ),
        CuePair(
            kind="水浸设备",
            things=_BOXES,
            happenings=tuple("进水 全是水 泡 淹 漫到 浸 水淹 灌水".split()),
            unless=("泡沫",),
        ),
        CuePair(kind="人身危急", things=("电梯",), happenings=("困", "关在", "关人", "卡在里面")),
        CuePair(
            kind="人身危急",
            things=tuple("变压器 电杆 电线杆 高压线 铁塔 杆子 配电箱 台架".split()),
            happenings=tuple("爬到 爬上 爬进 爬在 挂着 孩子在 小孩在 小孩爬".split()),
        ),
        CuePair(
            kind="人身危急",
            things=tuple("吊车 脚手架 挖机 钓竿 鱼竿 梯子 塔吊 铲车 泵车".split()),
            happenings=tuple("碰到高压线 碰着电线 碰到电线 碰电 搭上高压线 碰线 碰高压线".split()),
        ),
        CuePair(
            kind="人身危急", things=("困", "压"), happenings=("里面有人", "人在里面", "有人在里面")
        ),
        CuePair(
            kind="人身危急", things=("里面有人", "有人倒下", "人倒下"), happenings=("有人", "倒下")
        ),
    ),
    life_support=tuple("呼吸机 制氧机 吸氧 氧气机 透析机 透析 吸痰器 吸痰机 氧气瓶 监护仪".split()),
    outage=tuple(
        "停电了 没电了 断电了 没有电了 跳闸了 停了电 电停了 停了 停电 没电 断电 没有电 跳闸 电停 不转了 快用完 "
        "电池只 只能撑 撑不".split()
    ),
    past=tuple(
        "去年 前年 以前 曾经 上次 那年 那次 上个月 上月 几年前 小时候 当年 早些年 前几年 之前 前阵子 "
        "前几天 上个星期 上周 上星期 原来 旧电线杆 旧电杆 废弃 报废 年了 早就 的那天 台风夜 过一次 过一回".split()
    ),
    hypothetical=tuple(
        "怕 担心 会不会 以防 防止 预防 避免 容易 可能会 免得 以免 防范 恐怕 是不是会 迟早 为防 "
        "隐患 想了解 了解一下 风险 会倒 会断 会起火".split()
    ),
    conditional=tuple("万一 如果 要是 假如 倘若 若是 假使 一旦".split()),
    asking=tuple(
        "请问 想问 问问 问一下 能不能 有没有 多久 是真的 是不是真 为什么 什么时候能 怎么登记 怎么申请 "
        "怎么办理 什么条件 落地了没有 能修 想买 想装 想在 想给 怎么算 登记".split()
    ),
    topic=tuple(
        "宣传 讲座 宣讲 一课 课堂 安全课 培训 演练 演习 演示 知识 科普 讲讲 讲一讲 多讲 讲触电 案例 保险 "
        "火灾险 电影 新闻 镜头 朋友圈 安全教育 预案 优惠 表扬 特来感谢 作文 报备 通知 模拟".split()
    ),
    ended=tuple(
        "修好了 已修好 已经修好 处理好了 已处理 早就好了 没事了 接好了 换好 换了新的 抢修好 特来感谢 "
        "虚惊一场 是误会 不带电 早就没电 已经换 合上就好 已经扑灭 已扑灭 炒茶的烟 现在没事 报平安".split()
    ),
    harmless=tuple(
        "信息大爆炸 信息爆炸 爆炸性 人气爆 火爆 真是火了 火了好 店火 发火 恼火 上火 心急火燎 着火点 打火机 打火灶 "
        "打不着火 点不着火 如火如荼 燃烧自己 带电作业 带电检测 落地生根 落地见效 政策落地 项目落地 落地签 "
        "落地窗 掉下来的收入 打到人工 触电般 烧烤 落地灯 落地扇 带电话 带电脑 带电动 带电费 "
        "炒茶火 爆炸头 断线风筝 电话断线 网络断线 落地实施 没被电 漏电保护器 漏电保护 漏电开关 漏保 "
        "防触电 都炸了 心态炸了 炸了锅 灯泡炸了 灯丝烧了 掉下眼泪 急死 热死 烧水 烧饭 烧菜 烧开 "
        "人气 气死 笑死 累死 火灾险 灭火器 消防演练 消防演习 电线杆上 防漏电 触电急救".split()
    ),
    present=tuple(
        "正在 现在 刚刚 刚才 还在 一直在 快来 赶紧 马上 立刻 此刻 这会儿 一直冒 救命 眼看".split()
    ),
    urgent=tuple("急 马上 赶紧 尽快 快点 立即 等不了 受不了 危险 今天必须 孩子 老人".split()),
    hints={
        "独居老人": tuple("独居 一个人住 空巢 孤寡 孤老".split()),
        "行动不便": tuple("腿脚不便 行动不便 残疾 卧床 轮椅 瘫痪 坐轮椅".split()),
        "生命支持": tuple("呼吸机 制氧机 吸氧 透析 吸痰 氧气机".split()),
        "留守儿童": tuple("留守 爸妈都在外 父母在外".split()),
        "希望回电": tuple("回电话 打我电话 给我打电话 联系我 回个电话 请回电".split()),
        "听障语障": tuple("听力不好 聋哑 听不见 请发短信 耳背".split()),
        "多次反映": tuple(
            "反映了好几次 打了好几次 又来反映 第三次 再次反映 还没解决 没人管 推来推去".split()
        ),
    },
)
