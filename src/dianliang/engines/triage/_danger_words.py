"""Words of present danger: single cues by kind, and pairs of a thing and what happens to it."""

from dianliang.engines.triage._model import CuePair


def words(line: str) -> tuple[str, ...]:
    """Split a line of words; a lexicon reads better as lines than as one word a line."""
    return tuple(line.split())


_WIRES = words("电线 线路 线 电缆 高压线 线头 导线 进户线")
_TELECOM = words("网线 光缆 通信线 通讯线 电话 宽带 网络 信号 视频 直播 游戏 热线 连线")
_POLES = words("电杆 电线杆 杆子 线杆 水泥杆 灯杆 铁塔 整根杆 电桩")
_BOXES = words("""
    配电房 配电柜 配电箱 配电间 配电室 电箱 电表 表箱 插座 插排 插板 插线板 接线板 电柜 变压器
    柜子 开关 电闸 总闸 充电桩 电瓶
""")
_DEVICES = (
    *_BOXES,
    *words("""
        空开 闸 空调 冰箱 热水器 电视 洗衣机 充电器 电动车 电热毯 取暖器 电缆 电线 线路 墙里 电杆
        配电 电表房 电梯 灶 炉 光伏 储能 电池 逆变器 灯箱 熔断器 跌落 瓷瓶 刀闸
    """),
)
_PLACES = words("楼 屋 房 棚 车 山 草 仓库 厨房 宿舍 店 鸡舍 猪场 林子")
_LIVE = words("""
    水龙头 铁门 栅栏 护栏 热水器 洗衣机 冰箱 墙 电杆 路灯 灯杆 扶手 把手 外壳 铁架 水管 金属 棚
    地面 水里 广告牌 灯箱 空调 铁皮 门框 井 鱼塘 田里
""")
_GAS = words("煤气 燃气 天然气 液化气 瓦斯 气管 阀门 气瓶 气罐 管子 灶台")
_PEOPLE = words("老人 人 孩子 小孩 工人 司机 学生 爸 妈 弟弟 奶奶 爷爷 师傅 老公 老婆 邻居")
_CUT = tuple(
    f"{how}{what}"
    for how in "打挂压砸刮扯挖撞吹拉铲劈烧弄绷崩割拽碰"
    for what in ("断", "破了", "落了")
)
_FALLEN = words("""
    断了 断开 断成 断掉 掉 扯下来 扯了 挂下来 掉下 塌下来 挂到地 满地 垂到 耷下 半人高 离地 压住
    垂到 垂在 垂得 垂下 耷拉 拖在 拖着 搭在 落到 落在 落地 横在 漂着 快碰到地 快碰到人 快挨到地
    快贴到 贴着地 贴到地 不到一米 伸到 甩来 到处甩 裸露 露在外 露出来 破皮 咬破 钻穿 挖到 吊着
    吊在 被压得 悬在 散在 躺在 拦在
""")

DANGER_WORDS = {
    "起火": words("""
        着火 起火 失火 冒烟 冒火 冒出火 直冒火 火蹿 火窜 火往外 火一下 火上来 火很大 火好大
        起了火 着了火 烧断 冒烟了 炸开 爆开 轰的一声 砰的一声 嘭的一声 冒青烟 冒黑烟 冒白烟
        冒白气 烧起来 烧着 烧了起来 烧得 火花 火星 火苗 火光 火球 火势 明火 燃烧 爆燃 焦味 烧焦
        烧糊 糊味 焦糊 焦臭 炸了 炸黑 爆响 打火 着起来 黑烟 浓烟 青烟 有烟 都是烟 全是烟 全是火
        烟飘 烧橡胶 烧塑料 橡胶味 喷火 喷油 鼓包 烧穿
    """),
    "电线断落": words("""
        电线断 线断了 断落 线落 掉在地 掉地上 掉在路 掉到地 掉路上 落在地 电线掉 电线落 线垂到地
        搭在车 拖在地 拖到地 线头露 露着线头 铜线露 铜排露 铜丝露 线塌
    """),
    "触电": words("""
        触电 触了电 电到人 电倒 被电 漏电 麻手 电麻 电死 电了一下 打到人 身上麻 手麻 脚麻 就麻
        手发麻 外壳带电 有电麻 电晕 带着电 是带电的 弹开 弹出去 电伤 电击
    """),
    "电杆倒伏": words("电杆倒 杆子倒 电线杆倒 杆断 倒杆 杆倒 杆要倒 杆子要倒 断杆"),
    "设备放电": words("""
        放电 噼里啪啦 噼噼啪啪 劈里啪啦 噼啪 劈啪 啪啪响 闪弧 弧光 拉弧 电弧 嗞嗞 滋滋响 闪蓝光
        冒蓝光 火花四溅
    """),
    "燃气泄漏": words("""
        煤气味 燃气味 天然气味 燃气泄漏 煤气泄漏 天然气泄漏 煤气中毒 天然气臭味 液化气味 臭鸡蛋
        煤气的味 燃气的味 煤气的臭 煤气漏 燃气漏 天然气漏 气管漏 煤气罐漏 一氧化碳 漏煤气
        漏天然气 漏燃气 闻着像煤气 闻着像燃气 闻着像天然气 闻起来像煤气
    """),
    "水浸设备": words("配电箱进水 配电房进水 插座进水 淹到电表 电箱泡水 电表箱进水 水淹到"),
    "人身危急": words("""
        喘不过气 昏迷 晕倒 昏过去 昏倒 叫不醒 叫不应 叫不答应 救命 求救 被困 困在 出人命 下不来
        倒在 躺着不动 倒地 倒进 僵住 压着人 嘴唇发紫 没呼吸 没有呼吸 抽搐 不省人事 想不开 轻生
        跳楼 摔下来 掉进 砸到人 砸伤 压到人 受伤 流血
    """),
}
DANGER_PAIRS = (
    CuePair(
        kind="电线断落",
        things=_WIRES,
        happenings=(*_CUT, *_FALLEN),
        unless=(*_TELECOM, *words("掉线 掉色 换掉 拆掉 关掉 掉头 掉价 掉漆 甩竿 甩杆 掉电 掉头")),
    ),
    CuePair(
        kind="电线断落",
        things=words("断线 线断 铜排 电缆 断了的电线 线头 一根线"),
        happenings=words("搭 掉 路 地里 田里 水里 沟 菜地 鱼 露 栅栏 晾衣架 外面 下来"),
        unless=_TELECOM,
    ),
    CuePair(
        kind="电杆倒伏",
        things=(*_POLES, "变压器", "配变"),
        happenings=words("""
            倒了 倒下 倒在 倒塌 倒过来 倒向 往房子 挂倒 撞倒 刮倒 吹倒 横在 要掉 要倒 快倒 断了
            断成 中间断 裂开 撞断 折断 歪得厉害 冲歪 晃来晃去 摇摇欲坠 砸 塌 倾斜严重
        """),
    ),
    CuePair(
        kind="电杆倒伏",
        things=words("眼看就要 马上就要 快要"),
        happenings=words("""
        倒 塌 断
    """),
    ),
    CuePair(
        kind="起火",
        things=_DEVICES,
        happenings=words("""
            着了 烧了 在烧 烧红 烧化 点着 在响 发烫 喷 爆了 炸开 冒烟 燃了 自燃 噗 砰 发红 滋啦
            吱吱 在化 着得
        """),
        unless=words("着火点 喷漆 喷水 花洒"),
    ),
    CuePair(
        kind="起火",
        things=_PLACES,
        happenings=words("着了 着得 烧了 在烧 自己烧 自燃"),
        unless=words("睡着了 烧了水 烧了饭 烧了菜 烧烤 灯丝 电机"),
    ),
    CuePair(
        kind="起火",
        things=words("""
        爆炸 巨响 一声响 短路
    """),
        happenings=(*_DEVICES, *_GAS, "着"),
    ),
    CuePair(kind="起火", things=words("电线皮 线皮 绝缘皮"), happenings=words("着 烧 化")),
    CuePair(kind="起火", things=words("线"), happenings=words("在烧 烧着")),
    CuePair(
        kind="触电",
        things=(*_LIVE, *words("晾衣绳 铁丝 绳 梯子 灯杆 灯")),
        happenings=words("带电 有电 漏电 麻 电人 打手 被打 被弹"),
        unless=words("有电吗 没有电 有电视 有电梯 有电话 麻烦 有电箱 有电线 有电表 有电瓶"),
    ),
    CuePair(
        kind="触电",
        things=words("摸 碰 抓 踩 捅"),
        happenings=words("麻 僵住 被打 打了一下 弹 高压线 带电 抖 手黑 插座"),
        unless=words("快碰到 碰到问题 麻烦 摸黑"),
    ),
    CuePair(kind="触电", things=words("绝缘皮 皮"), happenings=words("掉光 铜丝")),
    CuePair(kind="触电", things=_PEOPLE, happenings=words("被电 电到 电着了 被打得 被弹")),
    CuePair(
        kind="触电",
        things=words("手"),
        happenings=words("""
        黑了 炸黑 烧黑
    """),
        unless=words("""
        天黑了
    """),
    ),
    CuePair(
        kind="燃气泄漏",
        things=_GAS,
        happenings=words("""
            漏了 漏气 冒气 咬破 在漏 泄漏 挖破 挖断 破了 嘶嘶 滋滋 哧哧 呲呲 味道 味很 味大
            重的味 臭味 关不上
        """),
        unless=words("软管老化 查了没有 没有漏 水表 水管"),
    ),
    CuePair(
        kind="燃气泄漏",
        things=words("烧炭 烧煤 煤炉 煤球 炭火 取暖"),
        happenings=words("昏 晕 中毒 叫不"),
    ),
    CuePair(
        kind="燃气泄漏",
        things=words("""
        报警器
    """),
        happenings=words("""
        叫个不停 一直响 一直叫 响个不停
    """),
    ),
    CuePair(
        kind="水浸设备",
        things=(*_BOXES, "插头"),
        happenings=words("进水 全是水 泡 淹 漫到 浸 水淹 灌水 水下 涨到 漏水 水里 积水"),
        unless=words("泡沫 灯泡 水表"),
    ),
    CuePair(
        kind="人身危急",
        things=words("电梯"),
        happenings=words("""
        困 被关 关在 关人 卡在里面 卡住
    """),
    ),
    CuePair(
        kind="人身危急",
        things=words("变压器 电杆 电线杆 高压线 铁塔 杆子 配电箱 变电箱 箱变 变电站 台架 高压"),
        happenings=words("爬到 爬上 爬进 爬在 挂着下 孩子在 小孩在 小孩爬 钻进 钻到 翻进 摔"),
    ),
    CuePair(
        kind="人身危急",
        things=words("吊车 吊臂 脚手架 挖机 钓竿 鱼竿 梯子 塔吊 铲车 泵车 收割机 无人机"),
        happenings=words("高压线 碰着电线 碰到电线 碰电 碰线 到电线 碰到线 挂到线"),
        unless=words("过不去 限高"),
    ),
    CuePair(
        kind="人身危急",
        things=_PEOPLE,
        happenings=words("挂在电线 挂在高压 挂在杆 粘在电线 吸在电线 不动了 没反应"),
        unless=words("风筝 气球 走不动了 网页"),
    ),
    CuePair(
        kind="人身危急",
        things=words("房子塌 房塌 墙塌 有人"),
        happenings=words("""
        倒下 电线
    """),
    ),
)
