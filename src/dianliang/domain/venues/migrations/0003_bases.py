"""Bases as an operating system runs them; the tree of sites becomes a matrix."""

import django.db.models.deletion
from django.db import migrations, models


def keep_the_tree(apps, schema_editor):
    """Make a matrix of the tree that bases formed by themselves, so that nothing is lost."""
    site_model = apps.get_model("venues", "Site")
    unit = apps.get_model("directory", "Unit").objects.order_by("path").first()
    sites = list(site_model.objects.order_by("code"))
    if unit is None or not any(site.parent_id for site in sites):
        return
    matrix = apps.get_model("venues", "Matrix").objects.create(
        code="ZD", name="阵地体系", unit=unit, position=1, is_generated=unit.is_generated
    )
    node_model = apps.get_model("venues", "Node")
    by_pk = {site.pk: site for site in sites}
    nodes = {}

    def hang(site, way):
        if site.pk in nodes:
            return nodes[site.pk]
        above = by_pk.get(site.parent_id)
        is_circle = above is not None and above.pk in (*way, site.pk)
        parent = None if above is None or is_circle else hang(above, (*way, site.pk))
        nodes[site.pk] = node_model.objects.create(
            matrix=matrix,
            code=site.code,
            name=site.name,
            site=site,
            parent=parent,
            path=f"{parent.path if parent else '/'}{site.code}/",
        )
        return nodes[site.pk]

    for site in sites:
        hang(site, ())


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_checklists"),
        ("core", "0007_audit_filters"),
        ("directory", "0004_agreements_and_powers"),
        ("territory", "0003_place_names"),
        ("venues", "0002_sights_and_rating_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="BaseNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="公示编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("notice", "公告"), ("standard", "服务标准")],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "草稿"),
                            ("PUBLISHED", "公示中"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        default="DRAFT",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "公示",
                "verbose_name_plural": "公示",
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["DRAFT", "PUBLISHED", "WITHDRAWN"])),
                        name="base_notice_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["notice", "standard"])),
                        name="base_notice_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BaseNoticeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("words", models.TextField(verbose_name="内容")),
                ("from_on", models.DateField(verbose_name="起")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="止")),
                ("written_at", models.DateTimeField(verbose_name="写成时间")),
                ("written_by", models.CharField(max_length=64, verbose_name="撰写人")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="修改原因")),
            ],
            options={
                "verbose_name": "公示版本",
                "verbose_name_plural": "公示版本",
                "ordering": ["notice", "-version"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on", None),
                            ("until_on__gte", models.F("from_on")),
                            _connector="OR",
                        ),
                        name="base_notice_version_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title__gt", ""), ("words__gt", "")),
                        name="base_notice_version_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), ("reason__gt", ""), _connector="OR"),
                        name="base_notice_change_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BaseProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="佐证编号")),
                ("item", models.CharField(max_length=24, verbose_name="条目")),
                (
                    "kind",
                    models.CharField(
                        choices=[("file", "照片或文件"), ("note", "说明"), ("record", "引用记录")],
                        max_length=8,
                        verbose_name="形式",
                    ),
                ),
                ("record", models.CharField(blank=True, max_length=24, verbose_name="记录编号")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("from_on", models.DateField(verbose_name="起")),
                ("expires_on", models.DateField(verbose_name="失效日期")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("GIVEN", "待核验"),
                            ("ACCEPTED", "已认可"),
                            ("REFUSED", "已退回"),
                            ("WITHDRAWN", "已撤下"),
                        ],
                        default="GIVEN",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "share_percent",
                    models.PositiveSmallIntegerField(default=0, verbose_name="得分率"),
                ),
                ("given_at", models.DateTimeField(verbose_name="提交时间")),
                ("given_by", models.CharField(max_length=64, verbose_name="提交人账号")),
                ("given_by_name", models.CharField(max_length=64, verbose_name="提交人")),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="核验时间"),
                ),
                (
                    "checked_by_name",
                    models.CharField(blank=True, max_length=64, verbose_name="核验人"),
                ),
                ("verdict", models.CharField(blank=True, max_length=200, verbose_name="核验意见")),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "佐证",
                "verbose_name_plural": "佐证",
                "ordering": ["site", "item", "-given_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["GIVEN", "ACCEPTED", "REFUSED", "WITHDRAWN"])
                        ),
                        name="base_proof_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_on__gt", models.F("from_on"))),
                        name="base_proof_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share_percent__lte", 100)),
                        name="base_proof_share_sane",
                    ),
                ],
                "indexes": [models.Index(fields=["status", "item"], name="base_proof_standing")],
            },
        ),
        migrations.CreateModel(
            name="BaseStandard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="版本")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("items", models.JSONField(default=list, verbose_name="条目")),
                ("at", models.DateTimeField(verbose_name="发布时间")),
                ("by_name", models.CharField(max_length=64, verbose_name="发布人")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
            ],
            options={
                "verbose_name": "五有标准版本",
                "verbose_name_plural": "五有标准版本",
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="base_standard_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__gt", "")), name="base_standard_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Keeper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField(verbose_name="起")),
                (
                    "person_number",
                    models.CharField(blank=True, max_length=24, verbose_name="责任人编号"),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("decided_at", models.DateTimeField(verbose_name="登记时间")),
                ("decided_by", models.CharField(max_length=64, verbose_name="登记人")),
            ],
            options={
                "verbose_name": "阵地责任人",
                "verbose_name_plural": "阵地责任人",
                "ordering": ["site", "-from_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__gt", "")), name="keeper_has_a_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Matrix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True, verbose_name="体系编码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="修订")),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "阵地体系",
                "verbose_name_plural": "阵地体系",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, verbose_name="节点编码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("label", models.CharField(blank=True, max_length=20, verbose_name="称呼")),
                ("path", models.CharField(max_length=330, verbose_name="路径")),
            ],
            options={
                "verbose_name": "阵地节点",
                "verbose_name_plural": "阵地节点",
                "ordering": ["matrix", "path"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("path__endswith", "/"), ("path__startswith", "/")),
                        name="base_node_path_shape",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "spans",
                    models.JSONField(default=list, help_text="空表示不开放。", verbose_name="时间"),
                ),
                ("reason", models.CharField(max_length=80, verbose_name="原因")),
            ],
            options={
                "verbose_name": "特别开放日",
                "verbose_name_plural": "特别开放日",
                "ordering": ["site", "on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__gt", "")), name="opening_day_has_a_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField(verbose_name="起")),
                ("week", models.JSONField(default=list, verbose_name="一周时间")),
                (
                    "on_holidays",
                    models.CharField(
                        choices=[("closed", "不开放"), ("usual", "照常"), ("own", "另定时间")],
                        max_length=8,
                        verbose_name="法定节假日",
                    ),
                ),
                ("holiday", models.JSONField(default=list, verbose_name="节假日时间")),
                (
                    "on_make_up",
                    models.CharField(
                        choices=[("workday", "按周一的时间"), ("usual", "仍按周末的时间")],
                        max_length=8,
                        verbose_name="调休上班日",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="登记时间")),
                ("decided_by", models.CharField(max_length=64, verbose_name="登记人")),
            ],
            options={
                "verbose_name": "开放时间",
                "verbose_name_plural": "开放时间",
                "ordering": ["site", "-from_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("on_holidays__in", ["closed", "usual", "own"])),
                        name="opening_hours_holidays_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("on_make_up__in", ["workday", "usual"])),
                        name="opening_hours_make_up_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteService",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=80, verbose_name="说明")),
            ],
            options={
                "verbose_name": "阵地服务",
                "verbose_name_plural": "阵地服务",
                "ordering": ["site", "service__code"],
            },
        ),
        migrations.AddField(
            model_name="site",
            name="closed_because",
            field=models.CharField(blank=True, max_length=200, verbose_name="停用原因"),
        ),
        migrations.AddField(
            model_name="site",
            name="closed_on",
            field=models.DateField(blank=True, null=True, verbose_name="停用日期"),
        ),
        migrations.AlterField(
            model_name="site",
            name="opening_hours",
            field=models.CharField(blank=True, max_length=200, verbose_name="开放时间"),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_because", ""), ("closed_on", None)),
                    models.Q(("closed_because__gt", ""), ("closed_on__isnull", False)),
                    _connector="OR",
                ),
                name="site_closed_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="basenotice",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.unit",
                verbose_name="发布单位",
            ),
        ),
        migrations.AddField(
            model_name="basenoticeversion",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="venues.basenotice",
                verbose_name="公示",
            ),
        ),
        migrations.AddField(
            model_name="basenoticeversion",
            name="photo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="图片",
            ),
        ),
        migrations.AddField(
            model_name="baseproof",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="文件",
            ),
        ),
        migrations.AddField(
            model_name="baseproof",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proofs",
                to="venues.site",
                verbose_name="阵地",
            ),
        ),
        migrations.AddField(
            model_name="keeper",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keepers",
                to="venues.site",
                verbose_name="阵地",
            ),
        ),
        migrations.AddField(
            model_name="matrix",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.unit",
                verbose_name="牵头单位",
            ),
        ),
        migrations.AddField(
            model_name="node",
            name="matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nodes",
                to="venues.matrix",
                verbose_name="阵地体系",
            ),
        ),
        migrations.AddField(
            model_name="node",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="venues.node",
                verbose_name="上级",
            ),
        ),
        migrations.AddField(
            model_name="node",
            name="site",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nodes",
                to="venues.site",
                verbose_name="阵地",
            ),
        ),
        migrations.AddField(
            model_name="basenotice",
            name="node",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="venues.node",
                verbose_name="展示范围",
            ),
        ),
        migrations.AddField(
            model_name="openingday",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opening_days",
                to="venues.site",
                verbose_name="阵地",
            ),
        ),
        migrations.AddField(
            model_name="openinghours",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hours_versions",
                to="venues.site",
                verbose_name="阵地",
            ),
        ),
        migrations.AddField(
            model_name="siteservice",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.service",
                verbose_name="服务事项",
            ),
        ),
        migrations.AddField(
            model_name="siteservice",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="venues.site",
                verbose_name="阵地",
            ),
        ),
        migrations.AddConstraint(
            model_name="basenoticeversion",
            constraint=models.UniqueConstraint(
                fields=("notice", "version"), name="base_notice_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="baseproof",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file__isnull", False), ("kind", "file"), ("record", "")),
                    models.Q(("file", None), ("kind", "note"), ("record", ""), ("words__gt", "")),
                    models.Q(("file", None), ("kind", "record"), ("record__gt", "")),
                    _connector="OR",
                ),
                name="base_proof_shows_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeper",
            constraint=models.UniqueConstraint(
                fields=("site", "from_on"), name="keeper_one_person_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.UniqueConstraint(
                fields=("matrix", "code"), name="base_node_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.UniqueConstraint(
                fields=("matrix", "path"), name="base_node_path_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.UniqueConstraint(
                condition=models.Q(("site__isnull", False)),
                fields=("matrix", "site"),
                name="base_node_site_once_in_a_matrix",
            ),
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None),
                    models.Q(("parent", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="base_node_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingday",
            constraint=models.UniqueConstraint(fields=("site", "on"), name="opening_day_once"),
        ),
        migrations.AddConstraint(
            model_name="openinghours",
            constraint=models.UniqueConstraint(
                fields=("site", "from_on"), name="opening_hours_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="siteservice",
            constraint=models.UniqueConstraint(
                fields=("site", "service"), name="site_service_once"
            ),
        ),
        migrations.RunPython(keep_the_tree, migrations.RunPython.noop),
        migrations.RemoveField(model_name="site", name="parent"),
    ]
