"""Dangers told by two words near each other: a thing, and what happens to it."""

from dianliang.engines.triage._danger_words import words
from dianliang.engines.triage._model import CuePair

_WIRES = words("""
    电线 线路 线 电缆 高压线 低压线 裸线 架空线 线头 导线 进户线 接户线 入户线 铜芯 铜丝 断头
""")
_TELECOM = words("""
    网线 光缆 通信线 通讯线 电话 宽带 网络 信号 视频 直播 游戏 热线 连线 有线电视 充电线 充电器的线
    数据线 鼠标 耳机 晾衣绳 流水线 生产线 路线 天线 无线 缆盘 光纤 电信
""")
_POLES = words("""
    电杆 电线杆 杆子 线杆 水泥杆 灯杆 铁塔 电塔 整根杆 电桩 杆杆 电线木头 那根杆 木杆 杆身 高压塔
    塔身 那根木头杆 杆根
""")
_BOXES = words("""
    配电房 配电柜 配电箱 配电间 配电室 电箱 电表 表箱 插座 插排 插板 插线板 接线板 拖线板 电柜
    变压器 柜子 开关 开关站 电缆井 电缆沟 电井 泵房 设备间 电闸 总闸 充电桩 电瓶 箱变 变电箱 变电站
    控制箱 控制柜 开关盒 接线盒 开关柜 灯座 电源 电气柜 环网柜 分接箱 表计 拖板 电盒
""")
_DEVICES = (
    *_BOXES,
    *words("""
        空开 闸 空调 冰箱 热水器 电视 洗衣机 充电器 电动车 电热毯 取暖器 电缆 电线 线路 墙里 电杆
        配电 电表房 电梯 灶 炉 光伏 储能 电池 逆变器 灯箱 熔断器 跌落 瓷瓶 刀闸 充电宝 接头 母线
        电饭煲 电磁炉 电瓶车 三轮 外机 铁箱 招牌 油烟机 电风扇 烘干 水泵 小太阳 电火桶 互感器 避雷器
        电容 导线 高压柜 高压线 插头 电井 电缆井 汽车 房间 店面 阳台
    """),
)
_PLACES = words("""
    楼 屋 房 棚 车 山 草 仓库 厨房 宿舍 店 鸡舍 猪场 林子 灶间 竹林 树林 堆 窗帘 被子 床
""")
_LIVE = words("""
    水龙头 龙头 铁门 栅栏 护栏 栏杆 热水器 洗衣机 冰箱 墙 电杆 路灯 灯杆 扶手 把手 外壳 铁架 水管
    金属 棚 地面 地上 水里 积水 广告牌 灯箱 空调 铁皮 门框 井 鱼塘 田里 设备 机器 站台 站牌 水池
    洗澡 淋浴 焊机 电焊 插头 铁丝 钢筋 脚手架 景观灯 椅子 水泵 水槽 灶台 钢棚 围挡 电箱 卷闸门 开关
    壳子 电线 线 电
""")
_GAS = words("""
    煤气 燃气 天然气 液化气 瓦斯 气管 阀门 气瓶 气罐 管子 灶台 软管 钢瓶 沼气 管道 煤气灶 气表 主管
    燃气管 煤气罐 气站 满屋子
""")
_SMELLS = words("煤气 燃气 天然气 液化气 瓦斯 臭鸡蛋 臭鸭蛋 沼气")
_PEOPLE = words("""
    老人 人 孩子 小孩 工人 司机 学生 爸 妈 爹 娘 弟弟 妹妹 哥 姐 奶奶 爷爷 外公 外婆 师傅 老公 老婆
    邻居 儿子 女儿 外孙 孙子 孙女 娃 囡 小伙 老头 老太 大爷 大妈 大伯 阿婆 老王 老李 同事 员工 妇女
    男的 女的 媳妇 老伴 爱人 太太 牛 狗 猪 羊 鸡
""")
_CUT = tuple(
    f"{how}{what}"
    for how in "打挂压砸刮扯挖撞吹拉铲劈烧弄绷崩割拽碰咬剪拖带震冲铰"
    for what in ("断", "破了", "落了", "破皮")
)
_FALLEN = words("""
    断了 断开 断成 断掉 断忒 断脱 断在 断头 断一 断两 断 掉 扯下来 扯了 挂下来 挂在 挂到 挂倒 落下
    掉下 塌下来 坠下 往下坠 挂到地 满地 垂到 垂在 耷下 半人高 一人高 够得到 够得着 够着 离地 压住
    垂得 垂下 垂着 低得碰 耷拉 拖在 拖着 拖勒 搭在 搭到 落到 落在 落地 横在 横着 漂着 浮着 快碰到人
    快碰到地 快碰到车 快挨到地 挨到地 挨到人 挨到院 快贴到 贴着地 贴到地 不到一米 伸到 甩来 到处甩
    裸露 露在外 露出来 露着 外露 破皮 咬破 钻穿 挖到 吊着 吊在 被压得 压到离 压得 悬在 悬着 散在
    躺在 躺着 拦在 绊 缠上 缠在 缠住 断股 绷得 绷直 塌下 伸手就 手臂远 碰头 碰到头 打到 挂住 贴到
    砸到 漂在 泡在 皮都没 皮没了 没皮
""")

DANGER_PAIRS = (
    CuePair(
        kind="电线断落",
        things=_WIRES,
        happenings=(*_CUT, *_FALLEN),
        unless=(
            *_TELECOM,
            *words("""
                掉线 掉色 修剪 风筝 换掉 拆掉 关掉 掉头 掉价 掉漆 甩竿 甩杆 掉电 断网 断料 断股导线
            """),
        ),
    ),
    CuePair(
        kind="电线断落",
        things=words("断线 线断 铜排 电缆 断了的电线 线头 一根线 黑线 一根电线"),
        happenings=words("""
            搭 掉 路上 路中 路边 路口 路面 马路 地里 田里 水里 沟 菜地 鱼 露 栅栏 晾衣架 外面 下来
            横 地上 围住
        """),
        unless=(*_TELECOM, *words("路灯 施工 敷设 埋 车位")),
    ),
    CuePair(
        kind="电线断落",
        things=words("""
            树 竹子 毛竹 雪 冰 广告布 吊车 货车 卡车 挖机 挖掘机 拖拉机 泵车 垃圾车 铲车
        """),
        happenings=words("""
            压着线 压着一根线 挂到线 挂到了线 拉下来 扯下来 砸断 压断 刮断 挂断 挖断 铲断
        """),
        unless=(*_TELECOM, *words("水管 气管 燃气 树枝修")),
    ),
    CuePair(
        kind="电杆倒伏",
        across=True,
        things=(*_POLES, "变压器", "配变", "台架"),
        happenings=words("""
            倒了 倒下 倒在 倒塌 倒过来 倒向 倒起 倒脱 倒忒 往房子 挂倒 撞倒 刮倒 吹倒 推倒 碰倒 冲倒
            横在 要掉 要倒 快倒 断了 断成 中间断 裂开 裂了 撞断 刮断 折断 怼折 压断 撞坏 歪得厉害
            歪了 歪着 歪到 冲歪 撞歪 砸歪 晃来晃去 在晃 就晃 就摇 摇晃 摇摇欲坠 砸 塌 倾斜严重
            往下斜 往一边斜 斜到 斜得 越来越斜 斜着 拉弯 压弯 冲空 悬空 掏空 带下去 成了弓 弯成 烂了
            一推就动 晃得 晃动 掉下去 塌陷 松动 松了 刮了 打转 露出来 吊着 往下滑 撑住 随时会 断一根
            冲断
        """),
        unless=words("晒衣 晾衣 篮球 有点歪 有点斜 田埂 小广告 垃圾 挡住 挡了"),
    ),
    CuePair(
        kind="电杆倒伏",
        things=words("眼看就要 马上就要 快要 眼看要 随时会 随时要"),
        happenings=words("倒 塌 断"),
    ),
    CuePair(
        kind="起火",
        things=_DEVICES,
        happenings=words("""
            着了 烧了 在烧 烧红 烧化 烧黑 点着 在响 发烫 烫手 红光 火光 焦臭 漏油 冒气 轰隆 烧穿 喷
            爆了 炸 爆炸 炸开 冒烟 燃了 自燃 噗 砰 发红 红红 通红 滋啦 吱吱 在化 着得 着忒 有烟 起烟
            冒着 一股焦 焦味 糊味 烧坏了还
        """),
        unless=words("着火点 喷漆 喷水 花洒 正常吗 炸锅 爆炸性"),
    ),
    CuePair(
        kind="起火",
        things=_PLACES,
        happenings=words("着了 着得 着起来 烧了 在烧 自己烧 自燃 烧着"),
        unless=words("睡着了 烧了水 烧了饭 烧了菜 烧烤 灯丝 电机 想着 停着 开着 等着"),
    ),
    CuePair(
        kind="起火",
        things=words("爆炸 巨响 一声响 短路"),
        happenings=(*_DEVICES, *_GAS, "着"),
    ),
    CuePair(kind="起火", things=words("电线皮 线皮 绝缘皮"), happenings=words("着 烧 化")),
    CuePair(kind="起火", things=words("线"), happenings=words("在烧 烧着")),
    CuePair(
        kind="触电",
        things=(*_LIVE, *words("晾衣绳 铁丝 绳 梯子 灯杆 灯")),
        happenings=words("""
            带电 有电 漏电 触电 麻 通电 电人 打手 被打 被弹 打了一下 打了我 打得 蜇 缩回来 抽 针扎
            刺痛
        """),
        unless=words("""
            有电吗 没有电 有电视 有电梯 有电话 麻烦 有电箱 有电线 有电表 有电瓶 麻将 抽水 抽屉 抽烟
            抽油 抽时间 抽空 芝麻 打得开 打了一下午 有电动 所有电 没电 都有电 带电脑 麻雀 麻木 抽奖
            打了电话 电话 抽查 抽样 抽到 抽出 抽签 电费 电表快 用电
        """),
    ),
    CuePair(
        kind="触电",
        things=words("摸 碰 抓 踩 捅 扶 洗澡 洗到一半"),
        happenings=words("""
            麻 僵住 被打 打了一下 弹 高压线 带电 有电 抖 手黑 插座 电了 电着 脚软 脚都软
        """),
        unless=words("快碰到 碰到问题 麻烦 摸黑 弹性 弹琴 踩点 有电梯 芝麻"),
    ),
    CuePair(kind="触电", things=words("绝缘皮 皮"), happenings=words("掉光 铜丝")),
    CuePair(
        kind="触电",
        things=_PEOPLE,
        happenings=words("""
            被电 电到 电着了 被打得 被弹 电打 让电 给电 遭电 不会动 动不了 在抖 抖 抽 吸在 吸住 粘在
            触到 挨了电 电翻
        """),
        unless=words("""
            电到期 被电信 被电话 抽水 抽烟 抽空 抽时间 送电到 供电到 抖音 抽奖 抽血 抽查 发抖音
            电打折 抽 签 给电工 给电力 让电力 让电工 被电力 给电视 给电动 给电瓶 让电动 让电瓶 送电
        """),
    ),
    CuePair(
        kind="触电", things=words("手"), happenings=words("黑了 炸黑 烧黑"), unless=words("天黑了")
    ),
    CuePair(
        kind="设备放电",
        things=words("""
            变压器 高压线 电线 线 线上 绝缘子 瓷瓶 表箱 电表 开关 插座 插排 插头 接头 线头 杆顶 柜
            箱 树枝 树 电缆 横担 灯箱 配电 电闸 空开 避雷器 母线 逆变器
        """),
        happenings=words("""
            放电 打火 火花 火星 滋滋 吱吱 嗞嗞 呲呲 啪啪 嘶嘶 一闪一闪 闪一下 闪光 在闪 就闪
            一亮一暗 一亮一亮 蓝光 发蓝 油锅 打雷一样 冒光 响得厉害 烧红 冒泡
        """),
        unless=words("""
            放电影 储能 充放电 蓄电池 电瓶 电动车 打火机 打火灶 换了灯 路灯光 键盘 鞭炮 信号灯 路线
        """),
    ),
    CuePair(
        kind="燃气泄漏",
        things=_GAS,
        happenings=words("""
            漏了 漏气 漏 冒气 咬破 在漏 泄漏 泄露 外泄 嗤嗤 冲气 冲出 铲破 铲了 铲断 钻破 钻穿 打穿
            打破 挖穿 挖了个 关不掉 倒了 挖破 挖断 破了 裂了 裂开 嘶嘶 滋滋 哧哧 呲呲 喷 味很 味大
            味好 味道 特别大 气味 重的味 臭味 好臭 刺鼻 关不上 关不住 往外冒 往上冒 呛 熏 头晕
            报警一直 一直叫 报警在
        """),
        unless=words("""
            推销 软管老化 查了没有 没有漏 水表 水管 煤气费 燃气费 洒水 喷漆 改电 怎么 阀门井 缺氟
            漏水
        """),
    ),
    CuePair(
        kind="燃气泄漏",
        across=True,
        things=_SMELLS,
        happenings=words("味 臭 闻到 闻见 头晕 晕 中毒"),
        unless=words("意味 燃气费 趣味"),
    ),
    CuePair(
        kind="燃气泄漏",
        across=True,
        things=words("嘶嘶 呲呲 滋滋"),
        happenings=words("味道 味 冒气 漏"),
    ),
    CuePair(
        kind="燃气泄漏",
        across=True,
        things=words("炭盆 火盆 木炭 烧炭 烧煤 煤炉 煤球 炭火 取暖 蜂窝煤"),
        happenings=words("昏 晕 中毒 叫不 吐了 难受 站不稳 想吐 恶心"),
    ),
    CuePair(
        kind="燃气泄漏",
        things=words("报警器"),
        happenings=words("叫个不停 一直响 一直叫 响个不停 在叫 在响"),
    ),
    CuePair(
        kind="水浸设备",
        across=True,
        things=(*_BOXES, *words("插头 灯管 吊灯 电灯 灯座 电器 冰柜 水泵房电 插坐")),
        happenings=words("""
            进水 全是水 都是水 泡 淹 漫到 进了 灌满 冲进 流进 漫进 漫过 浸 水淹 灌水 往里灌 水下
            涨到 漏水 水里 水中 积水 漂 喷到 喷湿 往下滴 滴水 水滴 水流 往外流水 流水 滴到 上滴 上淌
            膝盖 小腿 水位 水珠 滴
        """),
        unless=words("泡沫 灯泡 水表 流水线 泡茶 泡面"),
    ),
    CuePair(
        kind="水浸设备",
        across=True,
        things=words("""
            水位 水已经 大水 洪水 水一直 水漫 发大水 雨水 淹水 漏水 水顺着 山洪 积水 水流进 水往
        """),
        happenings=(*_BOXES, *words("灯流 灯还亮 灯亮 插头 电还 断电 通着电")),
        unless=words("水表 路灯不亮"),
    ),
    CuePair(
        kind="人身危急",
        across=True,
        things=words("电梯"),
        happenings=words("""
            困 被关 关在 关牢 关人 卡在 里面卡 卡住 出不来 打不开 掉到 往下掉 坠 往下坠 在哭 里面有
            里面是 有孕妇 有老人
        """),
        unless=words("广告 会不会 陪"),
    ),
    CuePair(
        kind="人身危急",
        things=words("""
            变压器 电杆 电线杆 高压线 铁塔 高压塔 电塔 杆子 杆杆 配电箱 变电箱 箱变 变电站 台架 高压
            配电房 电箱
        """),
        happenings=words("""
            爬到 爬上 爬进 爬在 爬 挂着下 孩子在 小孩在 钻进 钻到 翻进 摔 卡在 卡住 割 偷 落下来
            掉下来 跳 风筝 竹竿 有人站 手伸
        """),
        unless=words("爬山虎 藤 爬满 立块牌 牌子 跳闸 跳电 跳绳 跳舞 广场舞 警示"),
    ),
    CuePair(
        kind="人身危急",
        things=words("""
            吊车 吊臂 脚手架 挖机 钓竿 鱼竿 梯子 塔吊 铲车 泵车 收割机 无人机 起重机 竹竿 风筝
        """),
        happenings=words("""
            高压线 碰着电线 碰到电线 碰电 碰线 到电线 碰到线 挂到线 碰了线 碰到上面的线 缠上去
        """),
        unless=words("过不去 限高 保持多远 安全距离"),
    ),
    CuePair(
        kind="人身危急",
        things=_PEOPLE,
        happenings=words("""
            挂在电线 挂在高压 挂在杆 挂在线 粘在电线 吸在电线 不动了 没反应 摔下 落下来 从杆
            压在下面 还在里面 倒下 倒在 昏在 昏 喘 发紫 都青了 卡住 卡在 掉下 滑下 压住 砸中 埋
            拉不出来 下不来 焦黑 断气 没气 死了 爬塔 爬铁塔 爬高压 爬杆 拿不出来 受伤了 流了
        """),
        unless=words("""
            风筝 气球 走不动了 网页 黄昏 忙得 树倒在 把树 倒在我家 倒在路 垃圾 昏暗 昏黄 头昏 气喘
            喘口气
        """),
    ),
    CuePair(
        kind="人身危急",
        things=words("房子 房 墙 屋 屋顶 洪水 大水"),
        happenings=words("还在里面 在里面 压塌 围住 上有人 有五个人 埋"),
        unless=words("装修 晒太阳"),
    ),
    CuePair(
        kind="人身危急",
        things=words("房子塌 房塌 墙塌 有人 压塌"),
        happenings=words("倒下 电线 倒在 在里面"),
    ),
)
